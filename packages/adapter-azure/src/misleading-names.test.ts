import { MISLEADING_BUCKETS, refusalsOf } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { onWire } from "./testing/on-wire.js";

describe("a misleading name", () => {
  it.each(MISLEADING_BUCKETS)("is refused before anything is sent: bucket %j", async (bucket) => {
    const { store, requests } = await onWire(() => ({}));
    expect(new Set(await refusalsOf(store, bucket))).toEqual(new Set(["invalid-key"]));
    expect(requests).toHaveLength(0);
  });
});
