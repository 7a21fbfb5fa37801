import { describe, expect, it } from "vitest";
import { otherCodec } from "../test-support/other-codec.js";
import { codecV1 } from "./codec-v1.js";
import {
  canShard,
  checkCanShard,
  hashOfId,
  isShardNumber,
  randomDeliveryId,
  shardName,
  shardOf,
} from "./delivery-id.js";

describe("randomDeliveryId()", () => {
  it("makes twelve characters of the lowest five bits of as many random bytes", () => {
    const from = (start: number) =>
      randomDeliveryId((bytes) => Uint8Array.from({ length: bytes }, (_, at) => start + at));
    expect(from(0)).toBe("0123456789ab");
    expect(from(256 - 12)).toBe("mnpqrstvwxyz");
  });
});

describe("hashOfId()", () => {
  it("is the beginning of the id's SHA-256, in hex", async () => {
    expect(await hashOfId("abc", 8)).toBe("ba7816bf");
    expect(await hashOfId("abc", 12)).toBe("ba7816bf8f01");
  });
});

describe("shardOf()", () => {
  it("spreads ids evenly over all shards, and over no others", async () => {
    const counts = new Array(8).fill(0);
    for (let id = 0; id < 4_000; id++) counts[await shardOf(`event-${id}`, 8)] += 1;
    expect(counts).toHaveLength(8);
    for (const count of counts) expect(count).toBeGreaterThan(400);
  });
});

describe("isShardNumber()", () => {
  it("is a whole number from 0 to 256", () => {
    expect([0, 1, 255, 256].every(isShardNumber)).toBe(true);
    expect([-1, 257, 1.5, Number.NaN, "4", undefined].some(isShardNumber)).toBe(false);
  });
});

describe("checkCanShard()", () => {
  it("refuses a format whose keys can't be in shards", () => {
    expect([codecV1, otherCodec].map(canShard)).toEqual([true, false]);
    expect(() => checkCanShard(codecV1)).not.toThrow();
    expect(() => checkCanShard(otherCodec)).toThrow(
      expect.objectContaining({ code: "invalid-option" }),
    );
  });
});

describe("shardName()", () => {
  it("is two lowercase hex digits", () => {
    expect([0, 10, 255].map(shardName)).toEqual(["00", "0a", "ff"]);
  });
});
