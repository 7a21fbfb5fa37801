import { describe, expect, it } from "vitest";
import VECTORS from "../../protocol-vectors.json" with { type: "json" };
import { asEventId } from "../key/codec-v1.js";
import {
  formatNameJson,
  idsOf,
  isLocked,
  type NameState,
  NO_EVENT,
  parseNameJson,
  withoutExpiredLock,
} from "./name-state.js";

const ID = asEventId("2026-12-24T12:00:00.000Z|out|k|a;000000000000");
const OTHER = asEventId("2026-12-24T13:00:00.000Z|out|k|a;000000000000~0a1b2c3d");
const MS = Date.parse("2026-12-24T11:00:00.000Z");
const AT = "2026-12-24T11:00:00.000Z";

describe("the object of a name", () => {
  it("is read as it is written", () => {
    const states: NameState[] = [
      NO_EVENT,
      { ...NO_EVENT, current: ID, sinceMs: MS },
      { ...NO_EVENT, doubtful: [{ id: OTHER, untilMs: MS }] },
      { ...NO_EVENT, lock: { token: "t", expiresMs: MS, newId: undefined } },
      {
        current: ID,
        sinceMs: MS,
        doubtful: [{ id: OTHER, untilMs: MS }],
        lock: { token: "t", expiresMs: MS, newId: OTHER },
      },
    ];
    for (const state of states) expect(parseNameJson(formatNameJson(state, "n"))).toEqual(state);
    const lock = { token: "t", expiresMs: MS, newId: OTHER };
    expect(formatNameJson({ ...NO_EVENT, current: ID, sinceMs: MS, lock }, "n")).toBe(
      `{"version":1,"current":"${ID}","since":"${AT}","doubtful":[],"lock":{"token":"t","expires":"${AT}","newId":"${OTHER}"},"nonce":"n"}`,
    );
  });

  it("may have other fields, and lack those that are empty", () => {
    expect(parseNameJson('{"version":1,"later":true}')).toEqual(NO_EVENT);
  });

  it.each([
    "",
    "[]",
    "{}",
    '{"version":2}',
    '{"version":1,"current":1}',
    '{"version":1,"current":"an id"}',
    '{"version":1,"current":"2026-12-24T12:00:00.000Z|out|k"}',
    '{"version":1,"since":"today"}',
    '{"version":1,"doubtful":{}}',
    '{"version":1,"doubtful":[1]}',
    `{"version":1,"doubtful":[{"id":"${ID}"}]}`,
    `{"version":1,"doubtful":[{"until":"${AT}"}]}`,
    '{"version":1,"lock":1}',
    '{"version":1,"lock":{"token":"t"}}',
    `{"version":1,"lock":{"expires":"${AT}"}}`,
    `{"version":1,"lock":{"token":"t","expires":"${AT}","newId":"x"}}`,
  ])("is unreadable as %s", (text) => {
    expect(parseNameJson(text)).toBeUndefined();
  });

  it.each(VECTORS.names)("is read $note, as the vectors say", ({ text, freeAt, events }) => {
    const state = parseNameJson(text);
    if (freeAt === null) return expect(state).toBeUndefined();
    const freeMs = Date.parse(freeAt);
    expect(state && isLocked(state, freeMs)).toBe(false);
    expect(state && isLocked(state, freeMs - 1)).toBe(state?.lock !== undefined);
    const ids = state && idsOf(withoutExpiredLock(state, freeMs));
    expect(ids?.map((id) => ({ id }))).toEqual(events);
  });
});
