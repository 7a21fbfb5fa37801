import { describe, expect, it } from "vitest";
import { createScheduler } from "../scheduler/create-scheduler.js";
import { otherCodec } from "../test-support/other-codec.js";
import { testSchedule } from "../test-support/test-schedule.js";
import { codecV1 } from "./codec-v1.js";
import { eventId, parseEventId, parseGivenId } from "./event-id.js";

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
    expect(parseEventId(`${ID}~x600000`)).toMatchObject({
      deliveryId: event.deliveryId,
      expiresAt: new Date("2026-12-24T08:10:00.000Z"),
    });
    expect(parseEventId("nonsense")).toBeUndefined();
    expect(parseEventId(42 as never)).toBeUndefined();
  });

  it.each([
    ["an empty delivery id", { deliveryId: "" }, "invalid-id"],
    ["an empty bucket", { to: { bucket: "", key: "k" } }, "invalid-target"],
    ["no time", { at: "soon" }, "invalid-time"],
    ["a random delivery id", { deliveryId: undefined }, "invalid-id"],
    ["what is no part of an id", { json: {} }, "invalid-option"],
  ])("refuse %s", (_, change, code) => {
    expect(() => eventId({ ...event, ...change } as never)).toThrow(
      expect.objectContaining({ code }),
    );
  });
});

describe("parseGivenId()", () => {
  const v1 = { codec: codecV1, root: "acme/jobs" };
  const read = (given: string, format: Parameters<typeof parseGivenId>[0] = v1) =>
    parseGivenId(format, `${format.root}/pending/`, given);

  it.each([
    ["an id", ID],
    ["the key of an event", `acme/jobs/pending/${ID}`],
    ["the key of an event in a shard", `acme/jobs/pending.0a/${ID}`],
  ])("reads %s", (_, given) => {
    expect(read(given)).toMatchObject({ id: ID, to: event.to, deliveryId: "order 42" });
  });

  it.each([
    ["a key of another schedule", `acme/pending/${ID}`],
    ["a key of another schedule's shard", `acme/pending.0a/${ID}`],
    ["a shard without two hex digits", `acme/jobs/pending.a/${ID}`],
    ["a key within another one", `acme/jobs/pending/acme/jobs/pending/${ID}`],
  ])("refuses %s", (_, given) => {
    expect(() => read(given)).toThrow(expect.objectContaining({ code: "invalid-id" }));
  });

  it("knows no shards of a format that has none", () => {
    const format = { codec: otherCodec, root: "acme/jobs" };
    expect(read(`acme/jobs/pending/${ID}`, format).id).toBe(ID);
    expect(() => read(`acme/jobs/pending.0a/${ID}`, format)).toThrow(
      expect.objectContaining({ code: "invalid-id" }),
    );
  });
});

describe("an id that a caller gives", () => {
  it.each([
    ["nothing", undefined, "undefined is not an event's id"],
    ["an event", { id: ID }, "Pass its property id."],
    ["an id that was escaped for a URL", encodeURIComponent(ID), "pass decodeURIComponent() of it"],
    ["null", null, "null is not an event's id"],
    ["text that looks escaped", "100%", `"100%" is not an event's id. Ids look like 2026-`],
    ["escaped text that is no id", "100%25", `"100%25" is not an event's id. Ids look like 2026-`],
  ])("is not %s", async (_, given, message) => {
    await expect(createScheduler(testSchedule()).cancel(given as never)).rejects.toMatchObject({
      code: "invalid-id",
      message: expect.stringContaining(message),
    });
  });
});
