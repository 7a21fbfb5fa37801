import {
  adapterCases,
  DESCRIBED,
  OPERATIONS,
  S3_ANSWER_CASES,
  STREAM_PUTS,
  s3Error,
  VERSIONED_BUCKET_CASES,
} from "@keywhen/test-servers";
import { describe, it, onTestFinished } from "vitest";
import { s3Store } from "./s3-store.js";
import { clientOf } from "./testing/client-of.js";
import { LANES, onWire, onWireBy } from "./testing/on-wire.js";

describe.each(LANES)("s3Store() over the wire, by the $lane", ({ fastLane }) => {
  const cases = adapterCases({
    onWire: onWireBy(fastLane),
    storeAt: (server) => {
      const client = clientOf(server);
      onTestFinished(() => client.destroy());
      return s3Store({ client, service: "aws", fastLane });
    },
    calls: { ...OPERATIONS, ...STREAM_PUTS },
    busy: s3Error(503, "SlowDown"),
    objectWith: (body) => () => ({ ...body, headers: DESCRIBED }),
    answerCases: S3_ANSWER_CASES,
    largeStream: fastLane ? new URL("./testing/large-stream.mjs", import.meta.url) : undefined,
  });

  it.each(cases)("$title", ({ prove }) => prove(), 60_000);
});

describe("s3Store() over the wire", () => {
  it.each(Object.entries(VERSIONED_BUCKET_CASES))("%s", (_, prove) =>
    prove((answer) => onWire(answer, {}, { service: "ceph" })),
  );
});
