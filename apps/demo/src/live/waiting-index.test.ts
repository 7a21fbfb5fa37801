import { describe, expect, it } from "vitest";
import type { WaitingEvent } from "../api/events.js";
import { createWaitingIndex } from "./waiting-index.js";

const eventOf = (id: string): WaitingEvent => ({
  id,
  at: "2036-12-24T08:00:00.000Z",
  to: { bucket: "b", key: id },
  size: 0,
  writtenAt: "2036-12-24T08:00:00.000Z",
});
const idsOf = (events: readonly WaitingEvent[]) => events.map(({ id }) => id);

/** An index with a clock that the test sets, and listed pages of ids. */
function setUp() {
  const clock = { ms: 1_000 };
  const index = createWaitingIndex(() => clock.ms, 10);
  const look = (
    ids: readonly string[],
    page: { after?: string; isLast?: boolean; sentMs?: number } = {},
  ) => {
    const { after = "", isLast = true, sentMs = clock.ms } = page;
    const { appeared, vanished } = index.compare({
      after,
      isLast,
      sentMs,
      events: ids.map(eventOf),
    });
    clock.ms += 1_000;
    return { appeared: idsOf(appeared), vanished: idsOf(vanished) };
  };
  return { clock, index, look };
}

const nothing = { appeared: [], vanished: [] };

describe("createWaitingIndex()", () => {
  it("finds new events immediately, and vanished ones when they are missing twice", () => {
    const { look } = setUp();
    expect(look(["a", "b"])).toEqual({ appeared: ["a", "b"], vanished: [] });
    expect(look(["a", "b", "c"])).toEqual({ appeared: ["c"], vanished: [] });
    expect(look(["a", "c"])).toEqual(nothing);
    expect(look(["a", "c"])).toEqual({ appeared: [], vanished: ["b"] });
    expect(look(["a", "c"])).toEqual(nothing);
  });

  it("takes a page for no more than its range", () => {
    const { look } = setUp();
    look(["a", "b", "c", "d"]);
    for (let round = 0; round < 3; round++) {
      expect(look(["a", "b"], { isLast: false })).toEqual(nothing);
      expect(look(["d"], { after: "c" })).toEqual(nothing);
    }
  });

  it("believes what happened after a page was asked for more than the page", () => {
    const { clock, index, look } = setUp();
    look(["a"]);
    const sentMs = clock.ms - 500;
    index.put(eventOf("b"));
    index.leave("a", false);
    expect(look(["a"], { sentMs })).toEqual(nothing);
    expect(look(["a"], { sentMs })).toEqual(nothing);
    expect(look(["a", "b"])).toEqual({ appeared: ["a"], vanished: [] }); // scheduled again
  });

  it("doesn't let a delivered event wait again while its delete is on its way", () => {
    const { clock, index, look } = setUp();
    look(["a"]);
    index.leave("a", true);
    expect(look(["a"])).toEqual(nothing);
    expect(index.hasDelivered("a")).toBe(true);
    clock.ms += 60_000;
    expect(look(["a"])).toEqual({ appeared: ["a"], vanished: [] }); // it was not deleted
    expect(index.hasDelivered("a")).toBe(false);
  });

  it("holds no more than its limit", () => {
    const { index, look } = setUp();
    look(Array.from({ length: 12 }, (_, number) => `k${number}`));
    expect(index.size).toBe(10);
  });
});
