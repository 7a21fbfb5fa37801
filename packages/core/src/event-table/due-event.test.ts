import { describe, expect, it } from "vitest";
import { codecV1 } from "../key/codec-v1.js";
import type { KeyCodec } from "../key/key-codec.js";
import { wakeUpId } from "../key/wake-up-id.js";
import { otherCodec } from "../test-support/other-codec.js";
import { readDueEvents } from "./due-event.js";

const NOON_MS = Date.parse("2026-12-24T12:00Z");
const PREFIX = "keywhen/pending/";
const ID = "2026-12-24T11:59:00.000Z|out|k|order%2042";
const wakeUp = {
  atMs: NOON_MS - 60_000,
  to: { bucket: "out", key: "k" },
  name: "daily",
  occurrence: "2026-12-24",
  token: "ghijklmn",
};
const WAKE_UP_ID = wakeUpId(wakeUp);

function read(ids: readonly string[], codec: KeyCodec = codecV1, writtenMs = NOON_MS - 90_000) {
  const lastModified = new Date(writtenMs);
  const objects = ids.map((id) => ({ key: PREFIX + id, size: 7, lastModified }));
  return readDueEvents(codec, PREFIX, objects, NOON_MS);
}

describe("readDueEvents()", () => {
  it("reads each event of a page by its key", () => {
    expect(read([ID]).events).toEqual([
      {
        id: ID,
        key: PREFIX + ID,
        atMs: NOON_MS - 60_000,
        sinceMs: NOON_MS - 60_000,
        isUndated: false,
        to: { bucket: "out", key: "k" },
        size: 7,
        target: "out\0k",
        deliveryId: "order 42",
        expiresAtMs: Number.POSITIVE_INFINITY,
        wakeUp: undefined,
        state: "listed",
        isFreed: false,
        startedMs: 0,
        deleteAttempts: 0,
      },
    ]);
  });

  it("adds the time after which an event expires to its instant", () => {
    const [event] = read([`${ID}~x600000`]).events;
    expect(event).toMatchObject({ deliveryId: "order 42", expiresAtMs: NOON_MS + 540_000 });
  });

  it("counts since when an event could have been delivered from when it was written, if that was later", () => {
    const since = (writtenMs: number) => read([ID], codecV1, writtenMs).events[0];
    expect(since(NOON_MS - 5_000)).toMatchObject({ sinceMs: NOON_MS - 5_000, isUndated: false });
    expect(since(NOON_MS + 60_001)).toMatchObject({ sinceMs: NOON_MS - 60_000, isUndated: true });
  });

  it("keeps targets apart whose names are the same when they are joined", () => {
    const at = "2026-12-24T11:59:00.000Z";
    const { events } = read([`${at}|a|bc|1`, `${at}|ab|c|1`, `${at}|a|bc|2`]);
    const [one, other, same] = events.map(({ target }) => target);
    expect([one === same, one === other]).toEqual([true, false]);
  });

  it("reads a wake-up as an event that is completed before it is deleted", () => {
    const [event] = read([WAKE_UP_ID]).events;
    expect(event).toMatchObject({ id: WAKE_UP_ID, atMs: wakeUp.atMs, to: wakeUp.to });
    expect(event).toMatchObject({ deliveryId: "daily@2026-12-24", wakeUp });
  });

  it("returns the keys of all other objects", () => {
    const { events, unrecognized } = read(["notes.txt", ID, "2026-12-24|out|k"]);
    expect(events.map(({ id }) => id)).toEqual([ID]);
    expect(unrecognized).toEqual([`${PREFIX}notes.txt`, `${PREFIX}2026-12-24|out|k`]);
  });

  it("recognizes no wake-ups in another key format", () => {
    const { events, unrecognized } = read([WAKE_UP_ID], otherCodec);
    expect(events).toEqual([]);
    expect(unrecognized).toEqual([PREFIX + WAKE_UP_ID]);
  });
});
