import { describe, expect, it } from "vitest";
import type { Partition } from "../shards/partitions.js";
import { NOON, storeError } from "../test-support/test-schedule.js";
import { manualClock } from "../testing/manual-clock.js";
import { startSweepingPartitions } from "./start.js";

type Shard = Partition["shard"];

/** Sweeps partitions that are read as given; records what begins and ends. */
function setUp(
  readings: readonly (readonly Shard[] | Error)[],
  options: { isDeaf?: boolean } = {},
) {
  const clock = manualClock(NOON);
  const left = [...readings];
  let last: readonly Shard[] = [];
  let reads = 0;
  const reported: string[] = [];
  const partitions = new Map<Shard, Partition>();
  const partitionOf = (shard: Shard) => {
    const partition = partitions.get(shard) ?? { shard, prefix: "", leaseKey: "" };
    partitions.set(shard, partition);
    return partition;
  };
  const failures = new Map<Shard, (error: Error) => void>();
  const abort = new AbortController();
  const sweeping = startSweepingPartitions({
    clock: options.isDeaf ? { ...clock, sleep: (ms) => clock.sleep(ms) } : clock,
    signal: abort.signal,
    async readPartitions() {
      reads += 1;
      const next = left.shift() ?? last;
      if (next instanceof Error) throw next;
      last = next;
      return next.map(partitionOf);
    },
    startOne({ shard }, signal) {
      reported.push(`+${shard}`);
      const stopping = new AbortController();
      const done = new Promise<void>((resolve, reject) => {
        const end = () => {
          reported.push(`-${shard}`);
          resolve();
        };
        signal.addEventListener("abort", end, { once: true });
        stopping.signal.addEventListener("abort", end, { once: true });
        failures.set(shard, reject);
      });
      const stop = async () => stopping.abort();
      return { done, stop, trouble: undefined, [Symbol.asyncDispose]: stop };
    },
  });
  return {
    clock,
    reported,
    abort,
    sweeping,
    reads: () => reads,
    fail: (shard: Shard, error: Error) => failures.get(shard)?.(error),
  };
}

describe("startSweepingPartitions()", () => {
  it("begins with each partition once, and with new ones as the shard map is read again", async () => {
    const { clock, reported, sweeping, reads } = setUp([
      [undefined, 0],
      [undefined, 0, 1],
    ]);
    await clock.advance("10m");
    expect(reported).toEqual(["+undefined", "+0", "+1"]);
    await clock.advance("30m");
    expect([reported.length, reads()]).toEqual([3, 5]);
    await sweeping.stop();
    expect(reported.slice(3)).toEqual(["-undefined", "-0", "-1"]);
  });

  it("ends with a partition that the shard map no longer has, and begins with it again", async () => {
    const { clock, reported, sweeping } = setUp([
      [undefined, 0, 1],
      [undefined, 0],
      [undefined, 0, 1],
    ]);
    await clock.advance("20m");
    expect(reported).toEqual(["+undefined", "+0", "+1", "-1", "+1"]);
    await sweeping.stop();
  });

  it("asks again after five seconds if the shard map can't be read just now", async () => {
    const { clock, reported, sweeping } = setUp([storeError("unavailable", "get"), [undefined]]);
    await clock.advance("4999ms");
    expect(reported).toEqual([]);
    await clock.advance("1ms");
    expect(reported).toEqual(["+undefined"]);
    await sweeping.stop();
  });

  it("ends if the shard map can't be read from the beginning, and goes on if that comes later", async () => {
    const error = storeError("denied", "get");
    const first = setUp([error]);
    const ended = expect(first.sweeping.done).rejects.toBe(error);
    await first.clock.advance("1s");
    await ended;
    const later = setUp([[undefined], error, [undefined, 0]]);
    await later.clock.advance("10m");
    expect(later.sweeping.trouble).toMatchObject({ error });
    await later.clock.advance("5s");
    expect(later.reported).toEqual(["+undefined", "+0"]);
    expect(later.sweeping.trouble).toBeUndefined();
    await later.sweeping.stop();
  });

  it("ends all with an error that is not the store's, at any time", async () => {
    const error = new TypeError("x is not a function");
    const { clock, reported, sweeping } = setUp([[undefined], error]);
    const ended = expect(sweeping.done).rejects.toBe(error);
    await clock.advance("11m");
    await ended;
    expect(reported).toEqual(["+undefined", "-undefined"]);
  });

  it("ends all with what one partition can't go on from", async () => {
    const { clock, reported, sweeping, fail } = setUp([[0, 1]]);
    const error = storeError("denied", "list");
    const ended = expect(sweeping.done).rejects.toBe(error);
    await clock.advance("1s");
    fail(0, error);
    await ended;
    expect(reported).toContain("-1");
  });
});
