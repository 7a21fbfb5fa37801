import { describe, expect, it } from "vitest";
import { checkBucketName, checkKey } from "./name-limits.js";

const LIMITS = { keyBytes: 10, bucketCharacters: 5, keySegmentCharacters: 6 };
const check = (bucket: string, key: string) => () => checkKey("put", { bucket, key }, LIMITS);

describe("checkKey()", () => {
  it.each([
    ["bucket", "buck", "k"],
    ["bytes", "b", "é".repeat(3)],
    ["parts", "b", "123456/123"],
  ])("allows names up to their limits: %s", (_, bucket, key) => {
    expect(check(bucket, key)).not.toThrow();
  });

  it.each([
    ["", "k", "the bucket's name has 0 characters; 1 to 5 are allowed"],
    ["bucket", "k", "the bucket's name has 6 characters; 1 to 5 are allowed"],
    ["b", "", "the key is empty"],
    ["b", "\ud800", "the key has half a character (a lone surrogate)"],
    ["b", "é12345678/9", "the key has 12 bytes; the limit is 10"],
    ["b", "12/1234567", "a part of the key has 7 characters; the limit is 6"],
  ])("refuses %j, %j with the number and the limit", (bucket, key, message) => {
    expect(check(bucket, key)).toThrow(
      expect.objectContaining({ code: "invalid-key", message: expect.stringContaining(message) }),
    );
  });

  it("refuses a bucket to be listed with the number and the limit", () => {
    const message = "the bucket's name has 6 characters; 1 to 5 are allowed";
    expect(() => checkBucketName("list", "bucket", LIMITS)).toThrow(
      expect.objectContaining({ code: "invalid-key", message: expect.stringContaining(message) }),
    );
  });

  it("allows long parts where a store has no limit for them", () => {
    const limits = { keyBytes: 10, bucketCharacters: 5 };
    expect(() => checkKey("put", { bucket: "b", key: "123456789" }, limits)).not.toThrow();
    expect(() => checkBucketName("list", "b", limits)).not.toThrow();
  });
});
