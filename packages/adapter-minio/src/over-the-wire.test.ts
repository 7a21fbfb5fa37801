import {
  adapterCases,
  DESCRIBED,
  OPERATIONS,
  S3_ANSWER_CASES,
  STREAM_PUTS,
  s3Error,
  VERSIONED_BUCKET_CASES,
} from "@keywhen/test-servers";
import { describe, it } from "vitest";
import { minioStore } from "./minio-store.js";
import { clientOf } from "./testing/client-of.js";
import { onWire } from "./testing/on-wire.js";

const CASES = adapterCases({
  onWire,
  storeAt: (server) => minioStore({ client: clientOf(server) }),
  calls: { ...OPERATIONS, ...STREAM_PUTS },
  busy: s3Error(503, "SlowDown"),
  objectWith: (body) => () => ({ ...body, headers: DESCRIBED }),
  answerCases: S3_ANSWER_CASES,
  largeStream: new URL("./testing/large-stream.mjs", import.meta.url),
});

describe("minioStore() over the wire", () => {
  it.each(CASES)("$title", ({ prove }) => prove(), 60_000);

  it.each(Object.entries(VERSIONED_BUCKET_CASES))("%s", (_, prove) =>
    prove((answer) => onWire(answer, {}, { service: "ceph" })),
  );
});
