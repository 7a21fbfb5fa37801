import { describe, expect, it } from "vitest";
import { dueEvent } from "../../test-support/due-event.js";
import { createTargetLines } from "./target-lines.js";

const event = (target: string, id: string) => dueEvent(id, { target });

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

  it("has nothing waiting behind what it doesn't track, nor behind who is alone", () => {
    const lines = createTargetLines(1);
    const [one, untracked] = [event("a", "1"), event("b", "1")];
    lines.admit(one);
    lines.admit(untracked);
    expect([lines.hasWaiting(one), lines.hasWaiting(untracked)]).toEqual([false, false]);
  });

  it("takes out all who wait, and nobody who is under way", () => {
    const lines = createTargetLines(10);
    const [one, two, three] = [event("a", "1"), event("a", "2"), event("a", "3")];
    for (const each of [one, two, three]) lines.admit(each);
    expect(lines.clear()).toEqual([two, three]);
    expect(lines.clear()).toEqual([]);
    expect(lines.finish(one)).toBeUndefined();
  });

  it("forgets a line of which nobody has come for two passes", () => {
    const lines = createTargetLines(1);
    const one = event("a", "1");
    lines.admit(one);
    lines.block(one, "held");
    for (let pass = 0; pass < 2; pass++) lines.endPass();
    expect(lines.admit(event("a", "2"))).toBe("held");
    lines.endPass();
    expect(lines.admit(event("b", "1"))).toBe("start"); // there is room for another target
    expect(lines.isUnordered).toBe(false);
  });

  it("keeps a line open whose elder is under way, however many passes it takes", () => {
    const lines = createTargetLines(10);
    const [one, two] = [event("a", "1"), event("a", "2")];
    lines.admit(one);
    for (let pass = 0; pass < 3; pass++) lines.endPass();
    lines.seen(one);
    expect(lines.admit(two)).toBe("wait");
  });
});
