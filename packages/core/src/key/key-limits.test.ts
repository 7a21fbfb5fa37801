import { describe, expect, it } from "vitest";
import type { NameLimits } from "../store/object-store.js";
import { checkScheduleKey, checkTarget } from "./key-limits.js";

const LIMITS = { keyBytes: 40, bucketCharacters: 8, keySegmentCharacters: 20 };
const refusal = (code: string, message: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(message) });

describe("checkTarget()", () => {
  const check = (bucket: string, key: string) => () => checkTarget({ bucket, key }, LIMITS);

  it("allows names up to the limits of the store", () => {
    expect(check("12345678", `${"x".repeat(19)}/${"é".repeat(10)}`)).not.toThrow();
  });

  it.each([
    ["123456789", "k", "has 9 characters; the limit is 8"],
    ["b", "x/".repeat(20).concat("x"), "is 41 bytes; the limit is 40: shorten it by 1"],
    ["b", `a/${"x".repeat(21)}`, "has 21 characters between two slashes; this store's limit is 20"],
    ["b", `a/${"x".repeat(23)}`, "shorten that part by 3"],
  ])("refuses %s/%s with the number and the limit", (bucket, key, message) => {
    expect(check(bucket, key)).toThrow(refusal("invalid-target", message));
  });
});

describe("checkScheduleKey()", () => {
  const inParts = (length: number) => "x/".repeat(21).slice(0, length);
  const check = (
    scheduleKey: string,
    parts: { key?: string; deliveryId?: string } = {},
    { reserveSuffix = true, limits = LIMITS as NameLimits } = {},
  ) => {
    const full = { key: "k", deliveryId: "", ...parts };
    return () => checkScheduleKey(scheduleKey, full, limits, reserveSuffix);
  };

  it("allows keys up to the limits of the store, less the suffix of a later reschedule", () => {
    expect(check(inParts(31))).not.toThrow();
    expect(check(inParts(40), {}, { reserveSuffix: false })).not.toThrow();
    expect(check("x".repeat(20))).not.toThrow();
    const { keySegmentCharacters: _, ...limits } = LIMITS;
    expect(check("x".repeat(31), {}, { limits })).not.toThrow();
  });

  it.each([
    [
      "the key and the limit",
      check(inParts(32)),
      "would be 32 bytes; the limit is 31 (the store's 40 less 9 for a later reschedule). The target key is 1 bytes once escaped: shorten it by 1.",
    ],
    [
      "the whole limit for a key that has its suffix",
      check(inParts(41), {}, { reserveSuffix: false }),
      "would be 41 bytes; the limit is 40. The target",
    ],
    [
      "the first character of the target that counts more than once",
      check(inParts(32), { key: "aéü" }),
      "13 bytes once escaped (é counts 6)",
    ],
    [
      "the delivery id if it is the longer part",
      check(inParts(32), { deliveryId: "ä".repeat(400) }),
      "The delivery id is 2,400 bytes once escaped (ä counts 6): shorten",
    ],
    [
      "a segment that is too long",
      check("x".repeat(21)),
      "The key has 21 characters between two slashes; this store's limit is 20",
    ],
    [
      "the delivery id in such a segment",
      check(`a|${"d".repeat(19)}`, { deliveryId: "d".repeat(19) }),
      "The key, with its delivery id, has 21 characters between two",
    ],
  ])("names %s", (_, checking, message) => {
    expect(checking).toThrow(refusal("key-too-long", message));
  });
});
