import { describe, expect, it } from "vitest";
import { dueEvent } from "../test-support/due-event.js";
import type { DueEvent } from "./due-event.js";
import { TargetQueues } from "./target-queues.js";

const event = (target: string, id: string) => dueEvent(id, { target });

/** Queues for at most so many targets, and three events of one target. */
function queuesOf(mostTargets: number) {
  const queues = new TargetQueues(mostTargets);
  return {
    queues,
    one: event("k", "1"),
    two: event("k", "2"),
    three: event("k", "3"),
    /** A listing admits it. */
    admit: (tracked: DueEvent) => queues.admit(tracked, true),
    /** Its instant has come. */
    admitDue: (tracked: DueEvent) => queues.admit(tracked, false),
    seen: (...tracked: readonly DueEvent[]) => {
      for (const event of tracked) queues.seen(event);
    },
  };
}

describe("TargetQueues", () => {
  it("keeps a target blocked while an event that stayed has not been listed again, however many listings end", () => {
    const { queues, admit, admitDue, seen, one, two, three } = queuesOf(10);
    admit(one);
    queues.block(one, "blocked");
    for (let listing = 0; listing < 2; listing++) queues.endListing(); // without the first: it has gone
    expect(admitDue(two)).toBe("postponed");
    queues.endListing(); // it had passed the second before its instant came
    expect(admitDue(three)).toBe("postponed");
    queues.startListing();
    seen(two);
    expect(admit(two)).toBe("start");
    expect(admit(three)).toBe("wait");
  });

  it("starts one event of a target at a time, in order", () => {
    const { queues, admit, one, two, three } = queuesOf(10);
    expect([one, two, three].map(admit)).toEqual(["start", "wait", "wait"]);
    expect(queues.finish(one)).toBe(two);
    expect(queues.hasWaiting(two)).toBe(true);
    expect(queues.finish(two)).toBe(three);
    expect(queues.finish(three)).toBeUndefined();
    expect(admit(event("k", "4"))).toBe("start");
  });

  it("blocks every newer event behind one that failed", () => {
    const { queues, admit, one, two, three } = queuesOf(10);
    for (const tracked of [one, two]) admit(tracked);
    expect(queues.block(one, "blocked")).toEqual([two]);
    expect(admit(three)).toBe("blocked");
    expect(admit(event("other", "1"))).toBe("start");
  });

  it.each(["untried", "postponed"] as const)(
    "leaves every newer event as %s as the older one",
    (how) => {
      const { queues, admit, one, two, three } = queuesOf(10);
      for (const tracked of [one, two]) admit(tracked);
      expect(queues.block(one, how)).toEqual([two]);
      expect(admit(three)).toBe(how);
    },
  );

  it("starts events of targets that it can't track, and reports that their order is uncertain", () => {
    const { queues, admit } = queuesOf(1);
    const [tracked, untracked] = [event("a", "1"), event("b", "1")];
    admit(tracked);
    expect(queues.isOrderUncertain).toBe(false);
    expect(admit(untracked)).toBe("start");
    expect(admit(event("b", "2"))).toBe("start");
    expect(queues.isOrderUncertain).toBe(true);
    expect(queues.finish(untracked)).toBeUndefined();
    expect(queues.block(untracked, "blocked")).toEqual([]);
    expect(admit(event("a", "2"))).toBe("wait");
  });

  it("continues, once the blocking event has gone, with the event that is listed first", () => {
    const { queues, admit, admitDue, seen, one, two, three } = queuesOf(10);
    admit(one);
    queues.block(one, "blocked");
    queues.endListing();
    queues.endListing(); // it was not listed again
    expect(admitDue(three)).toBe("postponed"); // its instant came in between
    queues.startListing();
    seen(two);
    expect([two, three].map(admit)).toEqual(["start", "wait"]);
  });

  it("keeps the place of an event that stayed until a listing meets it", () => {
    const { queues, admit, admitDue, seen, one, two, three } = queuesOf(10);
    for (const tracked of [one, two]) admit(tracked);
    queues.block(one, "blocked"); // two stays
    queues.endListing();
    admit(one);
    expect(admitDue(three)).toBe("postponed"); // its instant came, and two is not listed yet
    queues.finish(one);
    expect(admitDue(three)).toBe("postponed");
    queues.startListing();
    seen(two);
    expect([admit(two), admit(three)]).toEqual(["start", "wait"]);
  });

  it("keeps the place of an event that stayed behind one that has gone", () => {
    const { queues, admit, admitDue, seen, one, two, three } = queuesOf(10);
    for (const tracked of [one, two, three]) admit(tracked);
    queues.block(one, "blocked"); // two and three stay
    for (let listing = 0; listing < 2; listing++) queues.endListing(); // one is not listed again
    for (const tracked of [two, three]) admit(tracked); // they stay again
    seen(two);
    expect(admit(two)).toBe("start");
    queues.finish(two);
    expect(admitDue(event("k", "4"))).toBe("postponed"); // three is not listed yet
    seen(three);
    expect(admit(three)).toBe("start");
  });

  it("keeps the place of an event that stayed at its instant in the middle of a listing", () => {
    const { queues, admit, admitDue, one, two, three } = queuesOf(10);
    admit(one);
    queues.block(one, "blocked");
    queues.startListing();
    expect(admitDue(two)).toBe("blocked"); // this listing meets it no more
    expect([admit(one), admit(three)]).toEqual(["start", "postponed"]);
    queues.endListing();
    queues.startListing();
    expect([admit(two), admit(three)]).toEqual(["wait", "wait"]);
  });

  it("starts events at their instants again once everything that stayed must have been listed", () => {
    const { queues, admit, admitDue, one, two, three } = queuesOf(10);
    for (const tracked of [one, two]) admit(tracked);
    queues.block(one, "blocked");
    for (let listing = 0; listing < 2; listing++) {
      queues.seen(one);
      queues.endListing();
    }
    admit(one);
    expect(admitDue(two)).toBe("wait");
    queues.finish(one);
    queues.finish(two);
    expect(admitDue(three)).toBe("start");
  });

  it("keeps a target blocked as long as its blocking event is listed", () => {
    const { queues, admit, seen, one, two } = queuesOf(10);
    admit(one);
    queues.block(one, "blocked");
    for (let listing = 0; listing < 3; listing++) {
      seen(one, two);
      expect(admit(two)).toBe("blocked");
      queues.endListing();
    }
    expect(admit(one)).toBe("start");
  });

  it("has nothing waiting behind an event that it does not track, or that is alone", () => {
    const { queues, admit } = queuesOf(1);
    const [one, untracked] = [event("a", "1"), event("b", "1")];
    for (const tracked of [one, untracked]) admit(tracked);
    expect([queues.hasWaiting(one), queues.hasWaiting(untracked)]).toEqual([false, false]);
  });

  it("clears the waiting events, and not the one in flight", () => {
    const { queues, admit, one, two, three } = queuesOf(10);
    for (const tracked of [one, two, three]) admit(tracked);
    expect(queues.clear()).toEqual([two, three]);
    expect(queues.clear()).toEqual([]);
    expect(queues.finish(one)).toBeUndefined();
  });

  it("forgets a blocked target that no listing has met twice, and so has room for another", () => {
    const { queues, admit } = queuesOf(1);
    const one = event("a", "1");
    admit(one);
    queues.block(one, "blocked");
    for (let listing = 0; listing < 2; listing++) queues.endListing();
    expect(admit(event("a", "2"))).toBe("postponed");
    for (let listing = 0; listing < 2; listing++) queues.endListing(); // the second event has gone, too
    expect(admit(event("b", "1"))).toBe("start");
    expect(queues.isOrderUncertain).toBe(false);
  });

  it("keeps a queue whose older event is in flight, however many listings that takes", () => {
    const { queues, admit, seen, one, two } = queuesOf(10);
    admit(one);
    for (let listing = 0; listing < 3; listing++) queues.endListing();
    seen(one);
    expect(admit(two)).toBe("wait");
  });
});
