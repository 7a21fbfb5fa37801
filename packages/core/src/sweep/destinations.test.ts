import { describe, expect, it } from "vitest";
import { createScheduler } from "../scheduler/create-scheduler.js";
import type {
  Destination,
  DestinationEvent,
  DestinationResult,
  OpenEvent,
} from "../targets/destination.js";
import {
  keysOf,
  NOON,
  sweeperOf,
  type TestSchedule,
  testSchedule,
  textOf,
  waitingIn,
  writeByHand,
} from "../test-support/test-schedule.js";

const DELIVERED = { outcome: "delivered" } as const;
const AT = "2026-12-24T11:59:59.000Z";

/** A destination that keeps what it gets, and answers as told. */
function receiver(
  answer: (
    event: DestinationEvent,
    tries: number,
  ) => Promise<DestinationResult> | DestinationResult = () => DELIVERED,
  options: Partial<Destination> = {},
) {
  const received: { key: string; text: string; id: string | undefined; isRepeat: boolean }[] = [];
  const destination: Destination = {
    ...options,
    async deliver(event: DestinationEvent, open: OpenEvent) {
      const text = await new Response((await open()).body).text();
      const { key, deliveryId: id, mayBeRepeat: isRepeat } = event;
      received.push({ key, text, id, isRepeat });
      return answer(event, received.length);
    },
  };
  return { destination, received };
}

async function scheduleFor(keys: readonly string[]): Promise<TestSchedule> {
  const schedule = testSchedule();
  for (const key of keys)
    await writeByHand(schedule.store, `${AT}|mail|${key}|id-${key}`, `body ${key}`);
  return schedule;
}

describe("A sweeper with destinations", () => {
  it("hands an event to the destination that its target bucket names, and copies the others", async () => {
    const schedule = testSchedule();
    const scheduler = createScheduler(schedule);
    const at = new Date(Date.parse(NOON) + 60_000);
    const to = { bucket: "mail", key: "k" };
    await scheduler.schedule({ at, to, body: "hello", deliveryId: "id-k" });
    await scheduler.schedule({ at, to: { bucket: "out", key: "k" }, body: "copied" });
    await schedule.clock.advance("61s");
    const { destination, received } = receiver();
    const sweeper = sweeperOf(schedule, { destinations: { mail: destination } });
    expect(await sweeper.sweep()).toMatchObject({
      delivered: 2,
      latenessMs: { max: 1_000 },
      requests: { get: 4, copy: 1, head: 0 },
    });
    expect(received).toEqual([{ key: "k", text: "hello", id: "id-k", isRepeat: false }]);
    expect(await textOf(schedule.store, "out", "k")).toBe("copied");
    expect(await keysOf(schedule.store, "mail")).toEqual([]);
    expect(await waitingIn(schedule.store)).toEqual([]);
  });

  it("needs no allowTargets, and refuses every other target then", async () => {
    const schedule = await scheduleFor(["k"]);
    await writeByHand(schedule.store, `${AT}|out|k|id`);
    const { destination, received } = receiver();
    const sweeper = sweeperOf(schedule, {
      destinations: { mail: destination },
      allowTargets: undefined,
    });
    const report = await sweeper.sweep();
    expect(report).toMatchObject({ delivered: 1, dead: 1 });
    expect(report.errors[0]?.message).toContain("allowTargets (none), and no destination");
    expect(received).toHaveLength(1);
  });
});
