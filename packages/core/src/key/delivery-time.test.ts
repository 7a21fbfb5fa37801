import { describe, expect, it } from "vitest";
import { createScheduler } from "../scheduler/create-scheduler.js";
import { pendingKey } from "../scheduler/plan-key.js";
import { NOON, testSchedule } from "../test-support/test-schedule.js";
import type { DeliveryTime } from "./delivery-time.js";
import { eventId, parseEventId } from "./event-id.js";

const EVENT = { at: NOON, to: { bucket: "out", key: "k" }, deliveryId: "id" };
const NOON_MS = Date.parse(NOON);

const refusal = (code: string, message: string) => expect.objectContaining({ code, message });

describe("expiresAfter", () => {
  it.each([
    ["1s", 1_000],
    ["10m", 600_000],
    ["0.9991s", 1_000], // rounded up, as every duration
    ["11574d", 999_993_600_000],
  ] as const)("%s is in the key, in milliseconds", (expiresAfter, ms) => {
    const id = `${NOON}|out|k|id~x${ms}`;
    expect(eventId({ ...EVENT, expiresAfter })).toBe(id);
    expect(pendingKey({ ...EVENT, expiresAfter }).id).toBe(id);
    expect(parseEventId(id)?.expiresAt).toEqual(new Date(NOON_MS + ms));
  });

  it.each(["0s", "999ms", "11574.1d"] as const)("refuses %s", (expiresAfter) => {
    const message = `expiresAfter must be from 1s to 11574d (got "${expiresAfter}").`;
    const refused = refusal("invalid-duration", message);
    expect(() => eventId({ ...EVENT, expiresAfter })).toThrow(refused);
    expect(() => pendingKey({ ...EVENT, expiresAfter })).toThrow(refused);
  });

  it("makes another event of the same instant, target and delivery id", async () => {
    const scheduler = createScheduler(testSchedule());
    const event = { ...EVENT, at: "2026-12-24T13:00Z", expiresAfter: "10m" } as const;
    const { id, deliveryId } = await scheduler.schedule(event);
    expect(deliveryId).toBe("id");
    expect(await scheduler.schedule(event)).toMatchObject({ outcome: "exists", id });
    const others: DeliveryTime[] = [{ expiresAfter: undefined }, { expiresAfter: "11m" }];
    for (const other of others) {
      expect(await scheduler.schedule({ ...event, ...other })).toMatchObject({
        outcome: "scheduled",
      });
    }
  });

  it("is shown by list() and get(), and kept by a reschedule from the new instant", async () => {
    const scheduler = createScheduler(testSchedule());
    const { id } = await scheduler.schedule({ in: "1h", to: EVENT.to, expiresAfter: "10m" });
    const expiresAt = new Date("2026-12-24T13:10:00.000Z");
    for await (const event of scheduler.list()) expect(event).toMatchObject({ id, expiresAt });
    expect(await scheduler.get(id)).toMatchObject({ id, expiresAt });
    const moved = await scheduler.reschedule(id, { in: "2h" });
    if (moved.outcome !== "rescheduled") throw new Error(moved.outcome);
    expect(moved.id).toMatch(/^2026-12-24T14:00:00\.000Z\|out\|k\|\w{12}~x600000~[0-9a-f]{8}$/);
    expect(await scheduler.get(moved.id)).toMatchObject({
      expiresAt: new Date("2026-12-24T14:10:00.000Z"),
    });
    const again = await scheduler.reschedule(moved.id, { in: "3h" });
    expect(again).toMatchObject({ id: expect.stringMatching(/~x600000~[0-9a-f]{8}$/) });
  });
});

describe("window", () => {
  const offsetOf = (deliveryId: string, window: DeliveryTime["window"]) => {
    const at = parseEventId(eventId({ ...EVENT, deliveryId, window }))?.at;
    return Number(at) - NOON_MS;
  };

  it("spreads events of one instant evenly over it, each delivery id always to the same instant", () => {
    const offsets = Array.from({ length: 3_000 }, (_, index) => offsetOf(`${index}`, "15m"));
    const third = 300_000;
    for (const from of [0, third, 2 * third]) {
      const within = offsets.filter((offset) => offset >= from && offset < from + third);
      expect(within.length).toBeGreaterThan(900);
      expect(within.length).toBeLessThan(1_100);
    }
    expect(offsetOf("42", "15m")).toBe(offsets[42]);
    expect(offsetOf("order-42", "15m")).toBe(439_703); // the same with every version
    expect([offsetOf("a", "0s"), offsetOf("a", "1ms")]).toEqual([0, 0]);
  });

  it("gives the stored instant, where an expiry begins to count, and the same with each call", async () => {
    const scheduler = createScheduler(testSchedule());
    const timing = { window: "15m", expiresAfter: "10m" } as const;
    const event = { ...EVENT, at: "2026-12-24T13:00Z", ...timing };
    const { id, at } = await scheduler.schedule(event);
    expect(at.getTime()).toBeGreaterThan(NOON_MS + 3_600_000);
    expect(id).toBe(`${at.toISOString()}|out|k|id~x600000`);
    expect(id).toBe(eventId(event));
    expect(await scheduler.schedule(event)).toMatchObject({ outcome: "exists", id, at });
    const random = await scheduler.schedule({ in: "1h", to: EVENT.to, window: "49d" });
    expect(random.at.getTime()).toBeGreaterThan(NOON_MS + 3_600_000);
  });

  it("refuses one that is too long, or ends too late", () => {
    const long = refusal("invalid-duration", 'window must be at most 49d (got "50d").');
    expect(() => pendingKey({ ...EVENT, window: "50d" })).toThrow(long);
    const late = "9999-12-31T23:59:59.999Z";
    expect(() => pendingKey({ ...EVENT, at: late, window: "15m" })).toThrow(
      refusal(
        "invalid-time",
        "The window of 15m ends after the year 9999, the last one supported. Choose an earlier time.",
      ),
    );
  });
});
