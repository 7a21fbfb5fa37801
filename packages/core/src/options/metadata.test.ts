import { describe, expect, it } from "vitest";
import { wakeUpId } from "../key/wake-up-id.js";
import { createScheduler } from "../scheduler/create-scheduler.js";
import { sweeperOf, testSchedule } from "../test-support/test-schedule.js";
import {
  deliveredEvent,
  isCopyOf,
  isDeliveryOf,
  isSameDelivery,
  keywhenMetadata,
  receivedMetadata,
} from "./metadata.js";

const event = { atMs: Date.UTC(2026, 11, 24), deliveryId: "order 42" };
const metadata = keywhenMetadata(event.atMs, event.deliveryId);
const ofOther = [
  keywhenMetadata(event.atMs, "order 43"),
  keywhenMetadata(event.atMs + 1, event.deliveryId),
];

describe("isCopyOf() and isSameDelivery()", () => {
  it("compare the delivery id and the due instant, and nothing else", () => {
    expect(isCopyOf(event, { user: "ann", ...metadata })).toBe(true);
    expect(isSameDelivery({ user: "ann", ...metadata }, metadata)).toBe(true);
    for (const other of [...ofOther, { user: "ann" }]) {
      expect(isCopyOf(event, other)).toBe(false);
      expect(isSameDelivery(metadata, other)).toBe(false);
    }
    expect(isSameDelivery({}, { user: "ann" })).toBe(true);
  });

  it("find no copy of an event without a delivery id", () => {
    const undefinedId = keywhenMetadata(event.atMs, "undefined");
    expect(isCopyOf({ ...event, deliveryId: undefined }, undefinedId)).toBe(false);
  });
});

describe("deliveredEvent()", () => {
  it.each([
    ["returns what a delivery carries", metadata, event],
    ["leaves out what is missing", {}, {}],
    ["leaves out what is damaged", { "keywhen-id": "%zz", "keywhen-at": "tomorrow" }, {}],
  ])("%s", (_, given, expected) => {
    expect(deliveredEvent(given)).toEqual({ deliveryId: undefined, atMs: undefined, ...expected });
  });
});

describe("receivedMetadata()", () => {
  it("leaves out the delivery id and the due instant, and nothing else", () => {
    const received = { user: "ann", "keywhen-occurrence": "2026-12-24T09:00" };
    expect(receivedMetadata({ ...metadata, ...received })).toEqual(received);
  });
});

describe("isDeliveryOf()", () => {
  it("recognizes the delivered object of an event, and of no other", async () => {
    const schedule = testSchedule();
    const scheduler = createScheduler(schedule);
    const to = { bucket: "inbox", key: "a/é.json" };
    const at = "2026-12-24T12:01Z";
    const { id } = await scheduler.schedule({ at, to, deliveryId: "a|b" });
    const other = await scheduler.schedule({ at, to, deliveryId: "c" });
    await scheduler.cancel(other.id);
    await schedule.clock.advance("2m");
    await sweeperOf(schedule).sweep();
    const delivered = (await schedule.store.head(to))?.metadata ?? {};
    expect(isDeliveryOf(id, delivered)).toBe(true);
    expect(isDeliveryOf(other.id, delivered)).toBe(false);
    expect(isDeliveryOf("no id", delivered)).toBe(false);
  });

  it("recognizes the delivered object of a wake-up", () => {
    const to = { bucket: "inbox", key: "daily" };
    const occurrence = "2026-12-24T09:00";
    const wakeUp = { ...event, to, name: "daily", occurrence, token: "ghijklmn" };
    const delivered = keywhenMetadata(event.atMs, `daily@${occurrence}`);
    expect(isDeliveryOf(wakeUpId(wakeUp), delivered)).toBe(true);
    expect(isDeliveryOf(wakeUpId({ ...wakeUp, name: "other" }), delivered)).toBe(false);
  });
});
