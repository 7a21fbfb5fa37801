import { describe, expect, it } from "vitest";
import { dueEvent } from "../../test-support/due-event.js";
import type { DueEvent } from "../due-event.js";
import { createReadyQueue } from "./ready-queue.js";
import { createSlowBuckets } from "./slow-buckets.js";

const LIMIT = 16; // of which slow buckets get two

function event(bucket: string, key: string): DueEvent {
  const target = `${bucket}/${key}`;
  const to = { bucket, key };
  return dueEvent(key, { to, target, deliveryId: "id" });
}

function queueWith(events: readonly DueEvent[]) {
  const slowBuckets = createSlowBuckets();
  const left: string[] = [];
  const queue = createReadyQueue({ slowBuckets, onNoRoom: ({ key }) => left.push(key) });
  for (const one of events) queue.add(one);
  const slow = (bucket: string, times = 8) => {
    for (let time = 0; time < times; time++) slowBuckets.ended(bucket, "failed", 2_000);
  };
  const take = () => queue.take(LIMIT)?.key;
  return { queue, slowBuckets, slow, take, left };
}

const named = (bucket: string, count: number) =>
  Array.from({ length: count }, (_, index) => event(bucket, `${bucket}${index}`));

describe("createReadyQueue()", () => {
  it("gives events in the order in which they came, the freed one first", () => {
    const { queue, take } = queueWith(named("a", 2));
    queue.addFirst(event("b", "freed"));
    expect([take(), take(), take(), take()]).toEqual(["freed", "a0", "a1", undefined]);
  });

  it("lets others pass those whose bucket fails slowly", () => {
    const [first, second, ...rest] = named("bad", 5);
    const { queue, slow, take } = queueWith([
      first,
      second,
      ...rest,
      event("good", "good"),
    ] as DueEvent[]);
    slow("bad");
    expect([take(), take(), take(), take()]).toEqual(["bad0", "bad1", "good", undefined]);
    expect([queue.size, queue.behindSlow]).toEqual([0, 3]);
    queue.ended(first as DueEvent);
    expect([take(), take()]).toEqual(["bad2", undefined]);
  });

  it("knows a bucket as slow only after eight slow failures in a row", () => {
    const { slow, slowBuckets, take } = queueWith(named("a", 5));
    slow("a", 7);
    expect([take(), take(), take()]).toEqual(["a0", "a1", "a2"]);
    slowBuckets.ended("a", "failed", 1_999);
    slow("a", 7);
    expect(take()).toBe("a3");
    slowBuckets.ended("a", "succeeded", 10_000);
    slow("a", 7);
    expect(take()).toBe("a4");
  });

  it("starts all that waited once its bucket answers", () => {
    const { slow, slowBuckets, take } = queueWith(named("a", 6));
    slow("a");
    expect([take(), take(), take()]).toEqual(["a0", "a1", undefined]);
    slowBuckets.ended("a", "succeeded", 1);
    expect([take(), take(), take(), take()]).toEqual(["a2", "a3", "a4", "a5"]);
  });

  it("keeps five hundred waiting and leaves the others", () => {
    const { queue, slow, take, left } = queueWith(named("bad", 504));
    slow("bad");
    expect([take(), take(), take()]).toEqual(["bad0", "bad1", undefined]);
    expect([queue.behindSlow, left]).toEqual([500, ["bad502", "bad503"]]);
    expect(queue.clear()).toHaveLength(500);
    expect([queue.size, queue.behindSlow]).toEqual([0, 0]);
  });

  it("tells since when the eldest waits, behind a slow bucket too", () => {
    const { queue, slow, take } = queueWith([
      ...named("bad", 2),
      { ...event("bad", "elder"), sinceMs: -5 },
      event("good", "good"),
    ]);
    slow("bad");
    expect([take(), take(), take()]).toEqual(["bad0", "bad1", "good"]);
    expect(queue.sinceMs).toBe(-5);
  });
});
