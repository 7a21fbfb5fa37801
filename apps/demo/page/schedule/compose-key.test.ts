import { pendingKey } from "@keywhen/core";
import { describe, expect, it } from "vitest";
import { composeKey } from "./compose-key.js";

const AT = Date.parse("2026-12-24T08:00:00Z");
const draft = { bucket: "acme", key: "reports/ä|1.json", deliveryId: "report-1" };

describe("composeKey()", () => {
  it("writes the key that core writes", () => {
    const { prefix, when, bucket, key, deliveryId, bytes, problem } = composeKey(
      AT,
      draft,
      "keywhen",
    );
    const written = pendingKey({
      at: new Date(AT),
      to: { bucket: draft.bucket, key: draft.key },
      deliveryId: "report-1",
    }).key;
    expect(`${prefix}${[when, bucket, key, deliveryId].join("|")}`).toBe(written);
    expect(bytes).toBe(written.length);
    expect(problem).toBeUndefined();
  });

  it("counts twelve characters for a delivery id that is still to come", () => {
    const random = composeKey(AT, { ...draft, deliveryId: "" }, "keywhen");
    const chosen = composeKey(AT, { ...draft, deliveryId: "123456789012" }, "keywhen");
    expect(random.bytes).toBe(chosen.bytes);
    expect(random.deliveryId).toHaveLength(12);
  });

  it.each([
    ["an empty key", { ...draft, key: "" }, /key is empty/],
    ["an empty bucket", { ...draft, bucket: "" }, /bucket is empty/],
    ["a slash in a bucket", { ...draft, bucket: "a/b" }, /slash/],
    ["a key that is too long", { ...draft, key: "k".repeat(1_000) }, /limit is 1,015/],
    ["half a character", { ...draft, key: "\uD800" }, /./],
  ])("says what is wrong with %s", (_what, wrong, words) => {
    expect(composeKey(AT, wrong, "keywhen").problem).toMatch(words);
  });
});
