import { describe, expect, it } from "vitest";
import { checkBucketName, checkKey } from "./name-limits.js";

const LIMITS = { keyBytes: 10, bucketCharacters: 5, keySegmentCharacters: 6 };
const check = (bucket: string, key: string) => () => checkKey("put", { bucket, key }, LIMITS);
const refused = expect.objectContaining({ code: "invalid-key" });

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
    ["", "k"],
    ["bucket", "k"],
    ["b", ""],
    ["b", "\ud800"],
    ["b", "é1234/6789"], // 10 characters, 11 bytes
    ["b", "12/1234567"],
  ])("refuse %j, %j", (bucket, key) => {
    expect(check(bucket, key)).toThrow(refused);
  });

  it("refuse a bucket that is listed", () => {
    expect(() => checkBucketName("list", "bucket", LIMITS)).toThrow(refused);
  });

  it("allow long segments if a store has no limit for them", () => {
    const { keySegmentCharacters: _, ...limits } = LIMITS;
    expect(() => checkKey("put", { bucket: "b", key: "123456789" }, limits)).not.toThrow();
  });
});
