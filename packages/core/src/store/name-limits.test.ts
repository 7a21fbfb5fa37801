import { describe, expect, it } from "vitest";
import { checkBucketName, checkKey } from "./name-limits.js";

const LIMITS = { keyBytes: 10, bucketCharacters: 5, keySegmentCharacters: 6 };
const check = (bucket: string, key: string) => () => checkKey("put", { bucket, key }, LIMITS);
const refusal = (message: string) =>
  expect.objectContaining({ code: "invalid-key", message: expect.stringContaining(message) });

describe("checkKey() and checkBucketName()", () => {
  it.each([
    ["buck", "k"],
    ["b", "é".repeat(3)],
    ["b", "123456/123"],
  ])("allow names up to their limits: %s/%s", (bucket, key) => {
    expect(check(bucket, key)).not.toThrow();
    expect(() => checkBucketName("list", bucket, LIMITS)).not.toThrow();
  });

  it.each([
    ["", "k", "the bucket's name has 0 characters; 1 to 5 are allowed"],
    ["bucket", "k", "the bucket's name has 6 characters; 1 to 5 are allowed"],
    ["b", "", "the key is empty"],
    ["b", "\ud800", "the key contains a lone surrogate (half of a character)"],
    ["b", "é12345678/9", "the key has 12 bytes; the limit is 10"],
    ["b", "12/1234567", "a part of the key has 7 characters; the limit is 6"],
  ])("refuse %j, %j with the number and the limit", (bucket, key, message) => {
    expect(check(bucket, key)).toThrow(refusal(message));
  });

  it("refuse a bucket that is listed with the number and the limit", () => {
    expect(() => checkBucketName("list", "bucket", LIMITS)).toThrow(
      refusal("the bucket's name has 6 characters; 1 to 5 are allowed"),
    );
  });

  it("allow long segments if a store has no limit for them", () => {
    const { keySegmentCharacters: _, ...limits } = LIMITS;
    expect(() => checkKey("put", { bucket: "b", key: "123456789" }, limits)).not.toThrow();
  });
});
