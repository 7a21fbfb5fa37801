import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { shardOf } from "../key/delivery-id.js";
import { createScheduler, type Scheduler } from "../scheduler/create-scheduler.js";
import { createShards } from "../shards/create-shards.js";
import { keysOf, sweeperOf, testSchedule, waiting } from "../test-support/test-schedule.js";

describe("any sequence of shard numbers and writers", () => {
  const kind = fc.constantFrom(
    "set",
    "writeAsConfiguredNow",
    "writeAsConfigured",
    "write",
    "wait",
    "sweep",
  );
  const step = fc.record({ kind, number: fc.nat({ max: 12 }) });

  it("delivers every event, once", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const home = testSchedule();
        const shardMap = createShards(home);
        const reading = createScheduler({ ...home, shards: "map" });
        const sweeper = sweeperOf(home);
        let configured = 0;
        let [written, delivered] = [0, 0];
        const write = async (scheduler: Scheduler) => {
          written += 1;
          await scheduler.schedule({ in: "1m", to: { bucket: "out", key: `${written}` } });
        };
        const acts = {
          async set(shards: number) {
            configured = (await shardMap.read()).shards;
            await shardMap.setShards(shards);
          },
          writeAsConfiguredNow: () => write(reading),
          writeAsConfigured: () => write(createScheduler({ ...home, shards: configured })),
          write: () => write(createScheduler(home)),
          wait: (number: number) => home.clock.advance(`${number * 3}m`),
          async sweep() {
            delivered += (await sweeper.sweep()).delivered;
          },
        };
        for (const { kind, number } of steps) await acts[kind](number);
        await home.clock.advance("11m");
        delivered += (await sweeper.sweep()).delivered;
        expect([delivered, await waiting(home)]).toEqual([written, []]);
        expect(await keysOf(home.store, "out")).toHaveLength(written);
      }),
      { numRuns: 60 },
    );
  });

  it("finds, moves and cancels an event by its id", async () => {
    const numbers = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(numbers, fc.nat({ max: 4 }), async (set, by) => {
        const home = testSchedule();
        const shardMap = createShards(home);
        const scheduler = createScheduler({ ...home, shards: set[by % set.length] });
        const { id } = await scheduler.schedule({
          in: "1d",
          to: { bucket: "out", key: "k" },
          body: "hello",
        });
        for (const shards of set) await shardMap.setShards(shards);
        const other = createScheduler(home);
        expect(await other.get(id)).toMatchObject({ id });
        expect(await new Response(await other.open(id)).text()).toBe("hello");
        const moved = await other.reschedule(id, { in: "2d" });
        if (moved.outcome !== "rescheduled") throw new Error(moved.outcome);
        expect(await other.get(id)).toBeUndefined();
        expect(await other.cancel(moved.id)).toEqual({ outcome: "cancelled", id: moved.id });
        expect(await other.cancel(moved.id)).toEqual({ outcome: "not-found" });
        expect(await waiting(home)).toEqual([]);
        expect(await shardOf("x", 1)).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
});
