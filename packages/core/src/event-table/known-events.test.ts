import { describe, expect, it } from "vitest";
import { dueEvent } from "../test-support/due-event.js";
import { KnownEvents } from "./known-events.js";
import { TrackedEvent } from "./tracked-event.js";

function knownWith(listsAgain: boolean, ...keys: readonly string[]) {
  const known = new KnownEvents(listsAgain);
  const tracked = keys.map((key) => new TrackedEvent(dueEvent(key)));
  for (const one of tracked) known.track(one);
  return { known, tracked };
}

describe("KnownEvents", () => {
  it("knows an event as long as it is in the table", () => {
    const { known, tracked } = knownWith(true, "1");
    expect([known.meet("1"), known.meet("2")]).toEqual([tracked[0], undefined]);
  });

  it("knows an event that has left the table until the listing has passed its key", () => {
    const { known, tracked } = knownWith(true, "1", "2", "3");
    known.meet("2");
    for (const one of tracked) known.release(one);
    expect(tracked.map(({ state }) => state)).toEqual(["left", "left", "left"]);
    expect([known.meet("1"), known.meet("2"), known.meet("3")]).toEqual([
      undefined, // written again: this listing had met it before
      undefined,
      "released",
    ]);
  });

  it("forgets what has left the table when a new listing starts", () => {
    const { known, tracked } = knownWith(true, "1", "2");
    known.meet("1");
    for (const one of tracked) known.release(one);
    known.startListing();
    expect([known.meet("1"), known.meet("2")]).toEqual([undefined, undefined]);
  });

  it("counts a new listing from its first key on", () => {
    const { known, tracked } = knownWith(true, "1");
    known.meet("9");
    known.startListing();
    for (const one of tracked) known.release(one);
    expect(known.meet("1")).toBe("released");
  });

  it("meets an event again that had no room", () => {
    const { known, tracked } = knownWith(true, "1");
    for (const one of tracked) known.forget(one);
    expect([known.meet("1"), tracked[0]?.state]).toEqual([undefined, "left"]);
  });

  it("keeps nothing in a sweep that lists once", () => {
    const { known, tracked } = knownWith(false, "1", "2");
    expect(known.meet("1")).toBeUndefined();
    for (const one of tracked) known.release(one);
    expect([known.meet("2"), tracked[1]?.state]).toEqual([undefined, "left"]);
  });
});
