import { describe, expect, it } from "vitest";
import { checkScheduleKey, checkTarget } from "./key-limits.js";

const LIMITS = { keyBytes: 40, bucketCharacters: 8, keySegmentCharacters: 20 };
const refusal = (code: string, message: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(message) });

const PARTS = { key: "k", deliveryId: "d" };

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
  const check =
    (scheduleKey: string, targetKey: string, reserveSuffix = true) =>
    () =>
      checkScheduleKey(scheduleKey, { key: targetKey, deliveryId: "" }, LIMITS, reserveSuffix);
  const inParts = (length: number) => "x/".repeat(20).slice(0, length);

  it("leaves room for the suffix of a reschedule, unless this is one", () => {
    expect(check(inParts(31), "k")).not.toThrow();
    expect(check(inParts(32), "k")).toThrow(
      refusal(
        "key-too-long",
        "would be 32 bytes; the limit is 31 (the store's 40 less 9 for a later reschedule). The target key is 1 bytes once escaped: shorten it by 1.",
      ),
    );
    expect(check(inParts(40), "k", false)).not.toThrow();
    expect(check(`${inParts(40)}y`, "k", false)).toThrow(
      refusal("key-too-long", "would be 41 bytes; the limit is 40. The target"),
    );
  });

  it("names the first character of the target that counts more than once", () => {
    expect(check(inParts(32), "aéü")).toThrow(
      refusal("key-too-long", "13 bytes once escaped (é counts 6)"),
    );
  });

  it("names the delivery id if it is the longer part", () => {
    const parts = { key: "k", deliveryId: "ä".repeat(400) };
    expect(() => checkScheduleKey(inParts(32), parts, LIMITS, true)).toThrow(
      refusal("key-too-long", "The delivery id is 2,400 bytes once escaped (ä counts 6): shorten"),
    );
    expect(() =>
      checkScheduleKey(
        `a|${"d".repeat(19)}`,
        { key: "k", deliveryId: "d".repeat(19) },
        LIMITS,
        true,
      ),
    ).toThrow(
      refusal("key-too-long", "The key, with its delivery id, has 21 characters between two"),
    );
  });

  it("refuses a part that this store can't have", () => {
    expect(check("x".repeat(20), "k")).not.toThrow();
    expect(check("x".repeat(21), "k")).toThrow(
      refusal(
        "key-too-long",
        "The key has 21 characters between two slashes; this store's limit is 20",
      ),
    );
  });

  it("minds no parts where the store doesn't", () => {
    const limits = { keyBytes: 40, bucketCharacters: 8 };
    expect(() => checkScheduleKey("x".repeat(31), PARTS, limits, true)).not.toThrow();
  });
});
