import { describe, expect, it } from "vitest";
import type { NameLimits } from "../store/object-store.js";
import {
  bucketNameProblem,
  checkDeliveryId,
  checkScheduleKey,
  checkTarget,
  checkTargetNames,
} from "./key-limits.js";

const LIMITS = { keyBytes: 40, bucketCharacters: 8, keySegmentCharacters: 20 };
const refusal = (code: string, message: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(message) });

const hasCode = (code: string) => expect.objectContaining({ code });

describe("checkTargetNames()", () => {
  it("allows any name of a bucket, and any key", () => {
    for (const key of ["k", "/", "../a", " é\0"]) {
      expect(() => checkTargetNames({ bucket: "b", key })).not.toThrow();
    }
  });

  it.each([
    ["no target", undefined],
    ["null", null],
    ["text", "b/k"],
    ["a list", ["b", "k"]],
    ["no bucket", { key: "k" }],
    ["an empty bucket", { bucket: "", key: "k" }],
    ["a number as the bucket", { bucket: 7, key: "k" }],
    ["a lone surrogate in the bucket", { bucket: "b\ud800", key: "k" }],
    ["no key", { bucket: "b" }],
    ["an empty key", { bucket: "b", key: "" }],
    ["a number as the key", { bucket: "b", key: 42 }],
    ["a lone surrogate in the key", { bucket: "b", key: "\udc00k" }],
  ])("refuses %s", (_, to) => {
    expect(() => checkTargetNames(to as never)).toThrow(hasCode("invalid-target"));
  });

  it("refuses what is no part of a target", () => {
    const to = { bucket: "b", key: "k", versionId: "1" };
    expect(() => checkTargetNames(to)).toThrow(hasCode("invalid-option"));
  });
});

describe("bucketNameProblem()", () => {
  /** The names that a problem shows: the given one, and the one that was probably meant. */
  const shown = (problem: string | undefined) =>
    (problem ?? "").match(/"[^"]*"/g)?.map((name) => JSON.parse(name));

  it.each(["b", "my-bucket.2026", "häfen", "a b", "s3:reports", "arn:aws:reports", "arn"])(
    "finds nothing wrong with the name %j",
    (bucket) => {
      expect(bucketNameProblem(bucket)).toBeUndefined();
    },
  );

  it.each([
    ["s3://reports", "reports"],
    ["S3://reports/2026/a.json", "reports"],
    ["a+b.c-1://reports?versions", "reports"],
    ["gs://reports#1", "reports"],
    ["arn:aws:s3:::reports", "reports"],
    ["arn:aws-cn:s3:::reports/2026", "reports"],
    ["/reports/2026", "reports"],
    ["reports/s3://other", "reports"],
    ["reports/arn:aws:s3:::other", "reports"],
  ])("of %j names the bucket that was meant", (bucket, meant) => {
    expect(shown(bucketNameProblem(bucket))).toEqual([bucket, meant]);
  });

  it.each([
    "s3://",
    "s3:///reports",
    "arn:aws:s3:::",
    "arn:aws:s3:eu-central-1:123456789012:accesspoint/mine",
    "//",
    " reports",
    "reports\n",
  ])("of %j names no other bucket", (bucket) => {
    expect(shown(bucketNameProblem(bucket))).toEqual([bucket]);
  });

  it("is one for anything but a name", () => {
    for (const bucket of [undefined, "", 7, null, {}]) {
      expect(bucketNameProblem(bucket)).toEqual(expect.any(String));
    }
  });

  it("says where the rest of a path belongs", () => {
    expect(bucketNameProblem("a/b", "Use --prefix for the rest")).toContain("Use --prefix");
  });
});

describe("checkDeliveryId()", () => {
  it("allows any text", () => {
    for (const id of ["1", " ", "order 42/é", "~|", "x".repeat(9_999)]) {
      expect(() => checkDeliveryId(id)).not.toThrow();
    }
  });

  it.each([42, null, undefined, "", "a\ud800"])("refuses %j", (deliveryId) => {
    expect(() => checkDeliveryId(deliveryId as never)).toThrow(hasCode("invalid-id"));
  });
});

describe("checkTarget()", () => {
  const check = (bucket: string, key: string) => () => checkTarget({ bucket, key }, LIMITS);

  it("allows names up to the limits of the store", () => {
    expect(check("12345678", `${"x".repeat(19)}/${"é".repeat(10)}`)).not.toThrow();
  });

  it.each([
    ["123456789", "k", "has 9 characters; the limit is 8"],
    ["b", "x/".repeat(20).concat("x"), "is 41 bytes; the limit is 40: shorten it by 1"],
    ["b", `${"x".repeat(21)}/a`, "The target key has 21 characters between two slashes"],
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
      "the target if its delivery id is as long",
      check(inParts(32), { key: "kk", deliveryId: "dd" }),
      "The target key is 2 bytes once escaped: shorten",
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
      "no delivery id that is only half of such a segment",
      check("xd".repeat(11), { deliveryId: "d".repeat(11) }),
      "The key has 22 characters between two",
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
