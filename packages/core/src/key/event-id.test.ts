import { describe, expect, it } from "vitest";
import { createScheduler } from "../scheduler/create-scheduler.js";
import { testSchedule } from "../test-support/test-schedule.js";
import { eventId, parseEventId } from "./event-id.js";

const event = {
  at: "2026-12-24T09:00+01:00",
  to: { bucket: "b", key: "a/é" },
  deliveryId: "order 42",
};

describe("eventId() and parseEventId()", () => {
  it("tell the id of an event with a chosen delivery id, and back", () => {
    const id = eventId(event);
    expect(id).toBe("2026-12-24T08:00:00.000Z|b|a/%C3%A9|order%2042");
    expect(parseEventId(id)).toEqual({
      at: new Date("2026-12-24T08:00:00.000Z"),
      to: { bucket: "b", key: "a/é" },
      deliveryId: "order 42",
      suffix: undefined,
    });
  });

  it("refuse what can't be an event", () => {
    expect(() => eventId({ ...event, deliveryId: "" })).toThrow(/deliveryId is empty/);
    expect(() => eventId({ ...event, to: { bucket: "", key: "k" } })).toThrow(/bucket is empty/);
    expect(() => eventId({ ...event, at: "soon" })).toThrow(/not an ISO 8601 time/);
    const { deliveryId: _, ...random } = event;
    expect(() => eventId(random as never)).toThrow(
      "eventId() needs the deliveryId that was chosen",
    );
    expect(parseEventId("nonsense")).toBeUndefined();
    expect(parseEventId(42 as never)).toBeUndefined();
    const cancelling = createScheduler(testSchedule()).cancel(Reflect.get({}, "id"));
    return expect(cancelling).rejects.toThrow("undefined is not an event's id");
  });

  it("says what to pass for an event, and for an id that was escaped for a URL", async () => {
    const scheduler = createScheduler(testSchedule());
    const event = {
      id: eventId({ at: "2026-12-24T13:00Z", to: { bucket: "b", key: "k" }, deliveryId: "x" }),
    };
    await expect(scheduler.cancel(event as never)).rejects.toThrow("Pass its id.");
    await expect(scheduler.cancel(encodeURIComponent(event.id))).rejects.toThrow(
      "pass decodeURIComponent() of it",
    );
  });

  it("shows the form of an id for text that only looks escaped", async () => {
    await expect(createScheduler(testSchedule()).cancel("100%")).rejects.toMatchObject({
      code: "invalid-id",
      message: expect.stringContaining(`"100%" is not an event's id. Ids look like 2026-`),
    });
  });
});
