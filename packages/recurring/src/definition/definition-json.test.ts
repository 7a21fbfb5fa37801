import { describe, expect, it } from "vitest";
import type { WrittenDefinition } from "./definition-json.js";
import { formatDefinition, parseDefinition } from "./definition-json.js";

const ms = (text: string) => Date.parse(`2026-12-24T${text}Z`);

const FULL: WrittenDefinition = {
  writeId: "w",
  revision: "r",
  state: "active",
  content: {
    rule: { cron: "0 9 * * *", timeZone: "Europe/Berlin" },
    to: { bucket: "out", key: "k" },
    payload: {
      body: { kind: "object", object: "ghijklmnopqrstuv", sha256: "00" },
      contentType: "text/plain",
      metadata: { user: "42" },
    },
    untilMs: ms("12:00"),
    maxLateMs: 60_000,
    deliversMissed: true,
    windowMs: 900_000,
  },
  next: {
    atMs: ms("08:00"),
    dueMs: ms("08:05"),
    nominal: "2026-12-24T09:00",
    token: "ghijklmn",
    passedOver: 2,
    madeUp: 3,
    isOfOldRule: true,
  },
  last: { atMs: ms("07:00"), nominal: "2026-12-23T09:00" },
};

const LEAST = JSON.parse(
  JSON.stringify({
    version: 1,
    writeId: "w",
    revision: "r",
    state: "paused",
    rule: { every: "15m" },
    to: { bucket: "out", key: "k" },
    payload: { body: { kind: "inline", base64: "eA==" } },
  }),
);

describe("the JSON of a definition", () => {
  it("keeps everything", () => {
    expect(parseDefinition(formatDefinition(FULL))).toEqual(FULL);
  });

  it("leaves out what is usual", () => {
    const definition = parseDefinition(JSON.stringify(LEAST));
    expect(definition).toMatchObject({ state: "paused", next: undefined, last: undefined });
    expect(definition && JSON.parse(formatDefinition(definition))).toEqual(LEAST);
  });

  it("may have fields of a later minor version", () => {
    expect(parseDefinition(JSON.stringify({ ...LEAST, note: "x" }))).toMatchObject({
      writeId: "w",
    });
  });

  it.each<[string, object]>([
    ["another version", { version: 2 }],
    ["an unknown state", { state: "asleep" }],
    ["an active schedule without a next occurrence", { state: "active" }],
    ["an instant that does not exist", { until: "2026-02-30T00:00:00.000Z" }],
    ["a body that is no base64", { payload: { body: { kind: "inline", base64: "?" } } }],
    ["an unknown time zone", { rule: { cron: "0 9 * * *", timeZone: "Europe/Newzone" } }],
    ["an interval that is no duration", { rule: { every: "7 apples" } }],
    ["a rule of neither kind", { rule: { rrule: "FREQ=DAILY" } }],
    ["no write id", { writeId: "" }],
    ["a negative window", { windowMs: -1 }],
  ])("is not read with %s", (_, change) => {
    expect(parseDefinition(JSON.stringify({ ...LEAST, ...change }))).toBeUndefined();
  });

  it.each(["", "{", "[]", "null"])("is not read from %j", (text) => {
    expect(parseDefinition(text)).toBeUndefined();
  });
});
