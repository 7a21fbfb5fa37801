import { describe, expect, it } from "vitest";
import { systemRandom } from "../../random.js";
import type { DeleteResult } from "../../store/object-store.js";
import { dueEvent } from "../../test-support/due-event.js";
import { NOON, storeError } from "../../test-support/test-home.js";
import { manualClock } from "../../testing/manual-clock.js";
import { createDeleteQueue } from "./delete-queue.js";

const event = dueEvent;

/** A queue whose requests are answered by hand. */
function setUp(batchSize = 5) {
  const clock = manualClock(NOON);
  const sent: string[][] = [];
  const open: ((results: DeleteResult[]) => void)[] = [];
  const told: string[] = [];
  const queue = createDeleteQueue({
    bucket: "schedule",
    batchSize,
    clock,
    random: systemRandom,
    signal: new AbortController().signal,
    send: (keys) => {
      sent.push([...keys]);
      return new Promise((resolve) => open.push(resolve));
    },
    onGone: ({ key }) => told.push(`gone ${key}`),
    onFailed: ({ key }, { code }) => told.push(`failed ${key} ${code}`),
    onRetry: ({ code }) => told.push(`retry ${code}`),
  });
  const answer = async (index: number, ...results: DeleteResult[]) => {
    const all = results.length > 0 ? results : (sent[index] ?? []).map(() => GONE);
    open[index]?.(all);
    await clock.advance("0s");
  };
  return { queue, clock, sent, told, answer };
}

const GONE: DeleteResult = { outcome: "gone" };

describe("createDeleteQueue()", () => {
  it("sends the first alone and at once, the others when a batch is full", async () => {
    const { queue, sent } = setUp(3);
    for (const key of ["1", "2", "3", "4", "5"]) queue.add(event(key));
    expect(sent).toEqual([["1"], ["2", "3", "4"]]);
  });

  it("sends what there is a second after the oldest came", async () => {
    const { queue, clock, sent } = setUp();
    queue.add(event("first"));
    queue.add(event("a"));
    await clock.advance("999ms");
    queue.add(event("b"));
    expect(sent).toHaveLength(1);
    await clock.advance("1ms");
    expect(sent[1]).toEqual(["a", "b"]);
    queue.add(event("c"));
    await clock.advance("999ms");
    expect(sent).toHaveLength(2);
    await clock.advance("1ms");
    expect(sent[2]).toEqual(["c"]);
  });

  it("hurries: at once, or as soon as the request under way is answered", async () => {
    const { queue, sent, answer } = setUp();
    queue.add(event("first"));
    queue.add(event("a"));
    queue.hurry();
    expect(sent).toHaveLength(1);
    await answer(0);
    expect(sent[1]).toEqual(["a"]);
    await answer(1);
    queue.add(event("b"));
    queue.hurry();
    expect(sent[2]).toEqual(["b"]);
  });

  it("tells each key's own answer", async () => {
    const { queue, sent, told, answer } = setUp(2);
    for (const key of ["first", "a", "b"]) queue.add(event(key));
    expect(sent[1]).toEqual(["a", "b"]);
    await answer(1, { outcome: "failed", error: storeError("denied", "delete") }, GONE);
    expect(told).toEqual(["failed a denied", "gone b"]);
  });

  it("tries a retryable failure again, four times in all, and drains only when all is answered", async () => {
    const { queue, clock, sent, told, answer } = setUp();
    const failed: DeleteResult = { outcome: "failed", error: storeError("throttled", "delete") };
    queue.add(event("a"));
    let isDrained = false;
    void queue.drain().then(() => {
      isDrained = true;
    });
    for (let attempt = 0; attempt < 4; attempt++) {
      expect(isDrained).toBe(false);
      await answer(attempt, failed);
      await clock.advance("10s");
    }
    expect(sent).toEqual([["a"], ["a"], ["a"], ["a"]]);
    expect(told).toEqual([
      "retry throttled",
      "retry throttled",
      "retry throttled",
      "failed a throttled",
    ]);
    expect(isDrained).toBe(true);
  });

  it("drains at once when there is nothing", async () => {
    await setUp().queue.drain();
  });
});
