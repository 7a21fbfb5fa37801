import { describe, expect, it } from "vitest";
import { dueEvent } from "../test-support/due-event.js";
import { EventStates } from "./event-states.js";

/** Events that a listing has met and the table has admitted. */
function statesWith(listsAgain: boolean, ...keys: readonly string[]) {
  const states = new EventStates(listsAgain);
  const events = keys.map((key) => dueEvent(key));
  for (const event of events) {
    states.meet(event);
    states.move(event, "ready");
  }
  return { states, events, meet: (key: string) => states.meet(dueEvent(key))?.key };
}

describe("EventStates", () => {
  it("counts the events in each state", () => {
    const { states, events } = statesWith(true, "1", "2");
    const [one] = events as [(typeof events)[0]];
    states.move(one as NonNullable<typeof one>, "copying");
    expect([one?.state, states.counts.ready, states.counts.copying]).toEqual(["copying", 1, 1]);
  });

  it("knows an event while it is in the table", () => {
    const { states, events, meet } = statesWith(true, "1");
    expect([states.meet(dueEvent("1")), meet("2")]).toEqual([events[0], undefined]);
  });

  it("knows an event that has left the table until the listing has passed its key", () => {
    const { states, events, meet } = statesWith(true, "1", "2", "3");
    states.startListing();
    meet("2");
    for (const event of events) states.end(event);
    expect(events.map(({ state }) => state)).toEqual(["done", "done", "done"]);
    expect(["1", "2", "3"].map(meet)).toEqual([undefined, undefined, "3"]); // 1 and 2 are written again
  });

  it("forgets what has left the table when a new listing starts", () => {
    const { states, events, meet } = statesWith(true, "1", "2");
    states.startListing();
    for (const event of events) states.end(event);
    states.startListing();
    expect([meet("1"), meet("2")]).toEqual([undefined, undefined]);
  });

  it("meets an event again that had no room", () => {
    const { states, events, meet } = statesWith(true, "1");
    for (const event of events) states.forget(event);
    expect([meet("1"), events[0]?.state]).toEqual([undefined, "listed"]);
  });

  it("keeps nothing in a sweep that lists once", () => {
    const { states, events, meet } = statesWith(false, "1");
    expect(meet("1")).toBeUndefined();
    for (const event of events) states.end(event);
    states.startListing();
    expect([meet("1"), events[0]?.state]).toEqual([undefined, "done"]);
  });
});
