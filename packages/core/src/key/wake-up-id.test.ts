import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { codecV1 } from "./codec-v1.js";
import { parseEventId } from "./event-id.js";
import { parseWakeUpId, wakeUpId, withoutToken } from "./wake-up-id.js";

const wakeUp = {
  atMs: Date.parse("2026-12-24T08:00Z"),
  to: { bucket: "out", key: "report.json" },
  name: "daily report",
  occurrence: "2026-12-24T09:00",
  token: "ghijklmn",
};
const ID = "2026-12-24T08:00:00.000Z|out|report.json|daily%20report@2026-12-24T09:00~ghijklmn";

describe("the id of a wake-up", () => {
  it("is an event's id with the schedule, the occurrence and a token", () => {
    expect(wakeUpId(wakeUp)).toBe(ID);
    expect(parseWakeUpId(ID)).toEqual({
      ...wakeUp,
      deliveryId: "daily report@2026-12-24T09:00",
      suffix: undefined,
    });
  });

  it("is no event to a program that knows only events", () => {
    expect(codecV1.decode(ID)).toBeUndefined();
    expect(parseEventId(ID)).toBeUndefined();
  });

  it("is that of an event without its token", () => {
    const id = withoutToken(wakeUpId(wakeUp));
    expect(codecV1.decode(id)).toMatchObject({ deliveryId: "daily report@2026-12-24T09:00" });
  });

  it.each([
    ["has no token", ID.slice(0, -9)],
    ["is a moved event's", ID.replace("ghijklmn", "0123abcd")],
    ["has a short token", ID.slice(0, -1)],
    ["has no occurrence", ID.replace("@2026-12-24T09:00", "")],
    ["has no schedule", ID.replace("daily%20report", "")],
    ["has no delivery id", "2026-12-24T08:00:00.000Z|out|report.json~ghijklmn"],
    ["has two suffixes", ID.replace("~", "~0123abcd~")],
    ["expires", ID.replace("~", "~x600000~")],
    ["is no id at all", "~ghijklmn"],
    ["is no event's id before its token", "hello~ghijklmn"],
  ])("is not one that %s", (_, id) => {
    expect(parseWakeUpId(id)).toBeUndefined();
  });

  it("can be read back for any name", () => {
    const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(text, (name) => {
        fc.pre(name.isWellFormed());
        expect(parseWakeUpId(wakeUpId({ ...wakeUp, name }))).toMatchObject({ ...wakeUp, name });
      }),
    );
  });
});
