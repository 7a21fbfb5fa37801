import { describe, expect, it } from "vitest";
import { codecV1 } from "../../codec/codec-v1.js";
import { seedCodec } from "../../codec/seed-codec.js";
import { asEventId } from "../../scheduler/scheduled-event.js";
import { dueEvent } from "../../test-support/due-event.js";
import { createLeftBehind } from "./left-behind.js";
import { sweptThroughMs } from "./swept-through.js";

const NOON_MS = Date.UTC(2026, 11, 24, 12);

/** A pass that everything went well in, but for what is said. */
function passOf(
  options: {
    startedMs?: number;
    listedAtStoreMs?: number | undefined;
    untilMs?: number;
    untriedSinceMs?: number;
    brokeOffAfter?: { atMs: number; id: string } | "nothing";
    codec?: typeof codecV1;
  } = {},
) {
  const left = createLeftBehind();
  if (options.untriedSinceMs !== undefined)
    left.untried(dueEvent("x", { sinceMs: options.untriedSinceMs }));
  const { brokeOffAfter: last, codec = codecV1 } = options;
  return sweptThroughMs({
    pass: {
      startedMs: options.startedMs ?? NOON_MS,
      listedAtStoreMs: "listedAtStoreMs" in options ? options.listedAtStoreMs : NOON_MS + 60_000,
      lastTakenIn:
        last === undefined || last === "nothing"
          ? undefined
          : dueEvent(last.id, { atMs: last.atMs, id: asEventId(last.id) }),
    },
    tally: { left },
    windDown: { reason: last === undefined ? false : "deadline" },
    home: { codec },
    untilMs: options.untilMs ?? NOON_MS + 60_000,
  });
}

describe("sweptThroughMs()", () => {
  it("reaches as far as what was due when the pass began", () => {
    expect(passOf()).toBe(NOON_MS);
  });

  it("never reaches into another holder's range", () => {
    expect(passOf({ untilMs: NOON_MS - 5 })).toBe(NOON_MS - 5);
  });

  it("leaves out what may have been written after the listing, by the store's clock", () => {
    expect(passOf({ listedAtStoreMs: NOON_MS })).toBe(NOON_MS - 2_000);
    expect(passOf({ listedAtStoreMs: NOON_MS + 2_001 })).toBe(NOON_MS);
  });

  it("tells nothing if the listing's answer carried no time", () => {
    expect(passOf({ listedAtStoreMs: undefined })).toBeUndefined();
  });

  it("stops before what had no try", () => {
    expect(passOf({ untriedSinceMs: NOON_MS - 7 })).toBe(NOON_MS - 8);
  });

  it("reaches to the last event of the last page, if it broke off", () => {
    const atMs = NOON_MS - 9;
    const id = codecV1.encode({
      atMs,
      to: { bucket: "b", key: "k" },
      deliveryId: "x",
      suffix: undefined,
    });
    expect(passOf({ brokeOffAfter: { atMs, id } })).toBe(NOON_MS - 10);
    expect(passOf({ brokeOffAfter: "nothing" })).toBeUndefined();
  });

  it("tells nothing if it broke off among keys that are not quite in the order of time", () => {
    const id = "2026-12-24%2011%3A00%3A00%2B00%3A00|b|k";
    const codec = seedCodec;
    const atMs = NOON_MS - 3_600_000;
    expect(passOf({ brokeOffAfter: { atMs, id }, codec })).toBeUndefined();
  });
});
