import { describe, expect, it } from "vitest";
import { dueEvent } from "../test-support/due-event.js";
import { DeleteBatches } from "./delete-batches.js";
import type { DueEvent } from "./due-event.js";

/** Batches. The very first delete has been sent and answered, or is in flight, or has not been sent. */
function batchesOf(batchSize: number, first: "answered" | "in flight" | "not yet" = "answered") {
  const batches = new DeleteBatches(batchSize);
  const add = (nowMs: number, ...keys: readonly string[]) => {
    const added = keys.map((key) => dueEvent(key));
    for (const tracked of added) batches.add(tracked, nowMs);
    return added;
  };
  const next = (nowMs: number) => batches.next(nowMs)?.map(({ key }) => key);
  if (first !== "not yet") {
    add(0, "first");
    next(0);
  }
  if (first === "answered") batches.requestEnded();
  return { batches, add, next };
}

describe("DeleteBatches", () => {
  it("sends the very first delete alone and immediately, the others when a batch is full", () => {
    const { add, next } = batchesOf(3, "not yet");
    const sent = ["1", "2", "3", "4", "5"].map((key) => {
      add(0, key);
      return next(0);
    });
    expect(sent).toEqual([["1"], undefined, undefined, ["2", "3", "4"], undefined]);
  });

  it("sends a batch a second after its first event", () => {
    const { batches, add, next } = batchesOf(5);
    expect(batches.nextMs).toBe(Number.POSITIVE_INFINITY);
    add(0, "a");
    add(999, "b");
    expect([batches.nextMs, next(999), next(1_000)]).toEqual([1_000, undefined, ["a", "b"]]);
    add(1_000, "c");
    expect([batches.nextMs, next(1_999), next(2_000)]).toEqual([2_000, undefined, ["c"]]);
    expect(batches.nextMs).toBe(Number.POSITIVE_INFINITY);
  });

  it("sends everything that is due, batch by batch", () => {
    const { add, next } = batchesOf(2);
    add(0, "a", "b", "c", "d", "e");
    expect([next(0), next(0), next(0)]).toEqual([["a", "b"], ["c", "d"], undefined]);
    expect(next(1_000)).toEqual(["e"]);
    add(1_000, "f", "g", "h");
    expect([next(2_000), next(2_000), next(2_000)]).toEqual([["f", "g"], ["h"], undefined]);
  });

  it("hurries if a newer event of a target waits: immediately, if no request is in flight", () => {
    const { batches, add, next } = batchesOf(5);
    add(0, "a");
    batches.hurry();
    expect(next(0)).toEqual(["a"]);
    add(0, "b");
    expect(next(0)).toBeUndefined(); // it did not hurry for later events
  });

  it("hurries as soon as the last request in flight is answered", () => {
    const { batches, add, next } = batchesOf(2, "in flight");
    add(0, "a", "b");
    expect(next(0)).toEqual(["a", "b"]); // two are in flight
    add(0, "c");
    batches.hurry();
    batches.requestEnded();
    expect(next(0)).toBeUndefined();
    batches.requestEnded();
    expect(next(0)).toEqual(["c"]);
    add(0, "d");
    batches.requestEnded();
    expect(next(0)).toBeUndefined(); // it hurried once
  });

  it("does not hurry if there is nothing to send", () => {
    const { batches, add, next } = batchesOf(5);
    batches.hurry();
    add(0, "a");
    expect(next(0)).toBeUndefined();
  });

  it("sends a delete that failed again at its time, together with what else waits", () => {
    const { batches, add, next } = batchesOf(5, "not yet");
    const [one] = add(0, "a") as [DueEvent];
    expect(next(0)).toEqual(["a"]);
    batches.retry(one, 700);
    batches.requestEnded();
    add(100, "b");
    expect([batches.nextMs, next(699)]).toEqual([700, undefined]);
    expect(next(700)).toBeUndefined(); // it joins the batch
    expect([batches.nextMs, next(1_100)]).toEqual([1_100, ["b", "a"]]);
  });

  it("knows which of several deletes is due to be sent again first", () => {
    const { batches, add, next } = batchesOf(5);
    const [one, two] = add(0, "a", "b") as [DueEvent, DueEvent];
    next(1_000);
    batches.retry(one, 3_000);
    batches.retry(two, 2_000);
    expect(batches.nextMs).toBe(2_000);
    expect(next(2_000)).toBeUndefined();
    expect([batches.nextMs, next(3_000)]).toEqual([3_000, ["b", "a"]]);
  });

  it("sends every delete immediately once it drains", () => {
    const { batches, add, next } = batchesOf(5);
    add(0, "a");
    batches.drain();
    expect(next(0)).toEqual(["a"]);
    add(0, "b");
    expect(next(0)).toEqual(["b"]);
    batches.drain();
    expect([next(0), batches.nextMs]).toEqual([undefined, Number.POSITIVE_INFINITY]);
  });
});
