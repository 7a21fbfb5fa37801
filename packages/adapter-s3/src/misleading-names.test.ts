import { MISLEADING_BUCKETS, refusalsOf, storeErrorOf } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { s3Store } from "./s3-store.js";
import { LANES, onWireBy } from "./testing/on-wire.js";

const source = { bucket: "here", key: "k" };
const target = { bucket: "away", key: "a/../b" };

describe.each(LANES)("a misleading name by the $lane", ({ fastLane }) => {
  const onWire = onWireBy(fastLane);

  it.each(MISLEADING_BUCKETS)("is refused before anything is sent: bucket %j", async (bucket) => {
    const { store, requests } = await onWire(() => ({}));
    expect(new Set(await refusalsOf(store, bucket))).toEqual(new Set(["invalid-key"]));
    expect(requests).toHaveLength(0);
  });

  it("is sent as it is where it is a key", async () => {
    const { store, asked } = await onWire(() => ({ status: 500 }));
    await storeErrorOf(store.copy(source, target));
    expect(asked()).toEqual(["PUT /away/a/../b"]);
  });
});

describe("a request that a middleware sends to another object", () => {
  it("is stopped", async () => {
    const { client, requests } = await onWireBy(false)(() => ({ status: 500 }));
    client.middlewareStack.add(
      (next) => (args) => {
        Object.assign(Object(args.request), { path: "/away/lease.json" });
        return next(args);
      },
      { step: "build", name: "rewriting" },
    );
    const error = await storeErrorOf(s3Store({ client, service: "aws" }).copy(source, target));
    expect({ ...error }).toMatchObject({ code: "invalid-key", undecided: false });
    expect(error.message).toContain("/away/lease.json, which is another object");
    expect(requests).toHaveLength(0);
  });
});
