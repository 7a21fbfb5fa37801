import { describe, expect, it } from "vitest";
import { asEventId } from "../../scheduler/scheduled-event.js";
import type { DueEvent } from "../due-event.js";
import { createTargetLines } from "./target-lines.js";

function event(target: string, id: string): DueEvent {
  return {
    id: asEventId(id),
    key: id,
    atMs: 0,
    sinceMs: 0,
    deliveryId: undefined,
    to: { bucket: "b", key: target },
    size: 0,
    target,
  };
}

describe("createTargetLines()", () => {
  it("lets one event of a target go at a time, in order", () => {
    const lines = createTargetLines(10);
    const [one, two, three] = [event("k", "1"), event("k", "2"), event("k", "3")];
    expect([one, two, three].map(lines.admit)).toEqual(["start", "wait", "wait"]);
    expect(lines.finish(one)).toBe(two);
    expect(lines.hasWaiting(two)).toBe(true);
    expect(lines.finish(two)).toBe(three);
    expect(lines.finish(three)).toBeUndefined();
    expect(lines.admit(event("k", "4"))).toBe("start");
  });

  it("holds all that come after one that failed", () => {
    const lines = createTargetLines(10);
    const [one, two] = [event("k", "1"), event("k", "2")];
    lines.admit(one);
    lines.admit(two);
    expect(lines.block(one, "held")).toEqual([two]);
    expect(lines.admit(event("k", "3"))).toBe("held");
    expect(lines.admit(event("other", "1"))).toBe("start");
  });

  it("leaves all that come after one that had no try as untried as it is", () => {
    const lines = createTargetLines(10);
    const [one, two] = [event("k", "1"), event("k", "2")];
    lines.admit(one);
    lines.admit(two);
    expect(lines.block(one, "untried")).toEqual([two]);
    expect(lines.admit(event("k", "3"))).toBe("untried");
  });

  it("starts what it can't track any more, and tells that the order is not certain", () => {
    const lines = createTargetLines(1);
    const [tracked, untracked] = [event("a", "1"), event("b", "1")];
    lines.admit(tracked);
    expect(lines.isUnordered).toBe(false);
    expect(lines.admit(untracked)).toBe("start");
    expect(lines.admit(event("b", "2"))).toBe("start");
    expect(lines.isUnordered).toBe(true);
    expect(lines.finish(untracked)).toBeUndefined();
    expect(lines.block(untracked, "held")).toEqual([]);
    expect(lines.admit(event("a", "2"))).toBe("wait");
  });

  it("opens a line whose blocker has gone to what is listed first, and not to what comes in between", () => {
    const lines = createTargetLines(10);
    const [one, two, three] = [event("k", "1"), event("k", "2"), event("k", "3")];
    lines.admit(one);
    lines.block(one, "held");
    lines.endPass();
    lines.endPass(); // it was not seen again
    expect(lines.admit(three)).toBe("held"); // its instant came in between
    lines.seen(two);
    expect([two, three].map(lines.admit)).toEqual(["start", "wait"]);
  });

  it("keeps a line closed as long as its blocker is seen", () => {
    const lines = createTargetLines(10);
    const [one, two] = [event("k", "1"), event("k", "2")];
    lines.admit(one);
    lines.block(one, "held");
    for (let pass = 0; pass < 3; pass++) {
      lines.seen(one);
      lines.seen(two);
      expect(lines.admit(two)).toBe("held");
      lines.endPass();
    }
    expect(lines.admit(one)).toBe("start");
  });
});
