import { describe, expect, it } from "vitest";
import { createScheduler } from "../scheduler/create-scheduler.js";
import { sweeperOf, testSchedule } from "../test-support/test-schedule.js";
import {
  deliveredEvent,
  isCopyOf,
  isDeliveryOf,
  isSameDelivery,
  keywhenMetadata,
} from "./metadata.js";

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

describe("deliveredEvent()", () => {
  it("reads what a delivery carries", () => {
    expect(deliveredEvent(keywhenMetadata(event.atMs, event.deliveryId))).toEqual(event);
  });

  it.each([
    ["missing", {}],
    ["damaged", { "keywhen-id": "%zz", "keywhen-at": "tomorrow" }],
  ])("leaves out what is %s", (_, metadata) => {
    expect(deliveredEvent(metadata)).toEqual({ deliveryId: undefined, atMs: undefined });
  });
});

describe("isSameDelivery()", () => {
  it("compares the delivery id and the due instant, and nothing else", () => {
    const metadata = keywhenMetadata(event.atMs, event.deliveryId);
    expect(isSameDelivery({ ...metadata, user: "ann" }, metadata)).toBe(true);
    expect(isSameDelivery(metadata, keywhenMetadata(event.atMs + 1, event.deliveryId))).toBe(false);
    expect(isSameDelivery(metadata, keywhenMetadata(event.atMs, "order 43"))).toBe(false);
    expect(isSameDelivery({}, { user: "ann" })).toBe(true);
  });
});

const inbox = { bucket: "inbox", key: "a/é.json" };

describe("isDeliveryOf()", () => {
  it("knows the delivered object of an event, and of no other", async () => {
    const home = testSchedule();
    const scheduler = createScheduler(home);
    const { id } = await scheduler.schedule({
      at: "2026-12-24T12:01Z",
      to: inbox,
      deliveryId: "a|b",
    });
    const other = await scheduler.schedule({ at: "2026-12-24T12:01Z", to: inbox, deliveryId: "c" });
    await scheduler.cancel(other.id);
    await home.clock.advance("2m");
    await sweeperOf(home).sweep();
    const info = await home.store.head(inbox);
    expect(isDeliveryOf(id, info?.metadata ?? {})).toBe(true);
    expect(isDeliveryOf(other.id, info?.metadata ?? {})).toBe(false);
    expect(isDeliveryOf("no id", info?.metadata ?? {})).toBe(false);
  });
});
