import { describe, expect, it } from "vitest";
import { createScheduler } from "../scheduler/create-scheduler.js";
import { testSchedule } from "../test-support/test-schedule.js";
import { eventId, parseEventId } from "./event-id.js";

const event = {
  at: "2026-12-24T09:00+01:00",
  to: { bucket: "b", key: "a/é" },
  deliveryId: "order 42",
};
const ID = "2026-12-24T08:00:00.000Z|b|a/%C3%A9|order%2042";

describe("eventId() and parseEventId()", () => {
  it("return the id of an event with a chosen delivery id, and the event of an id", () => {
    expect(eventId(event)).toBe(ID);
    expect(parseEventId(ID)).toEqual({
      ...event,
      at: new Date("2026-12-24T08:00:00.000Z"),
      suffix: undefined,
    });
    expect(parseEventId("nonsense")).toBeUndefined();
    expect(parseEventId(42 as never)).toBeUndefined();
  });

  it.each([
    ["an empty delivery id", { deliveryId: "" }, /deliveryId is empty/],
    ["an empty bucket", { to: { bucket: "", key: "k" } }, /bucket is empty/],
    ["no time", { at: "soon" }, /not an ISO 8601 time/],
    ["a random delivery id", { deliveryId: undefined }, /needs the deliveryId/],
  ])("refuse %s", (_, change, message) => {
    expect(() => eventId({ ...event, ...change } as never)).toThrow(message);
  });
});

describe("an id that a caller gives", () => {
  it.each([
    ["nothing", undefined, "undefined is not an event's id"],
    ["an event", { id: ID }, "Pass its property id."],
    ["an id that was escaped for a URL", encodeURIComponent(ID), "pass decodeURIComponent() of it"],
    ["text that looks escaped", "100%", `"100%" is not an event's id. Ids look like 2026-`],
  ])("is not %s", async (_, given, message) => {
    await expect(createScheduler(testSchedule()).cancel(given as never)).rejects.toMatchObject({
      code: "invalid-id",
      message: expect.stringContaining(message),
    });
  });
});
