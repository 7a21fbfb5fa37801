import { describe, expect, it } from "vitest";
import { isCopyOf, keywhenMetadata } from "./metadata.js";

const event = { atMs: Date.UTC(2026, 11, 24), deliveryId: "order 42" };

describe("isCopyOf()", () => {
  it("knows a copy by its delivery id and its due instant, whatever else it carries", () => {
    const metadata = { user: "ann", ...keywhenMetadata(event.atMs, event.deliveryId) };
    expect(isCopyOf(event, metadata)).toBe(true);
    expect(isCopyOf({ ...event, deliveryId: "order 43" }, metadata)).toBe(false);
    expect(isCopyOf({ ...event, atMs: event.atMs + 1 }, metadata)).toBe(false);
    expect(isCopyOf(event, { user: "ann" })).toBe(false);
  });

  it("takes nothing for the copy of an event without a delivery id", () => {
    const undefinedId = keywhenMetadata(event.atMs, "undefined");
    expect(isCopyOf({ ...event, deliveryId: undefined }, undefinedId)).toBe(false);
  });
});
