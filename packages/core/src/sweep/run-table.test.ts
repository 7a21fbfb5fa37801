import { describe, expect, it } from "vitest";
import { KeywhenError } from "../errors.js";
import { activeSweepers } from "../lease/active-sweepers.js";
import type { SweepEvent } from "../report/sweep-event.js";
import type { ObjectStore } from "../store/object-store.js";
import { passing } from "../test-support/sweeps.js";
import {
  numbered,
  scheduleWith,
  storeError,
  sweeperOf,
  type TestSchedule,
  waitingIn,
} from "../test-support/test-schedule.js";
import { createSweeper } from "./create-sweeper.js";

/** A store that answers deletes only as `answer` says; `sent` lists the keys of each request and when it was sent. */
function deletingBy(home: TestSchedule, answer: (keys: readonly string[]) => Promise<void> | void) {
  const startedMs = home.clock.monotonic();
  const sent: [ms: number, keys: number][] = [];
  const remove: ObjectStore["delete"] = async (bucket, keys, call) => {
    sent.push([home.clock.monotonic() - startedMs, keys.length]);
    await answer(keys);
    return home.store.delete(bucket, keys, call);
  };
  return { sent, home: { ...home, store: { ...home.store, delete: remove } } };
}

describe("TableRunner: deletes", () => {
  it("sends the first alone and immediately, the others together a second after the first copy", async () => {
    const { home, sent } = deletingBy(await scheduleWith(numbered(10)), () => {});
    const copy: ObjectStore["copy"] = async (source, to, options) => {
      if (to.key === "00009") await home.clock.sleep(1_200);
      return home.store.copy(source, to, options);
    };
    expect(
      await passing(home, "1m", sweeperOf({ ...home, store: { ...home.store, copy } }).sweep()),
    ).toMatchObject({ delivered: 10, undeleted: 0 });
    expect(sent).toEqual([
      [0, 1],
      [1_000, 8],
      [1_200, 1], // nothing else is to come
    ]);
  });

  it("tries a throttled delete four times in all, with pauses, and slows down", async () => {
    const seen: SweepEvent[] = [];
    const { home, sent } = deletingBy(await scheduleWith(numbered(1)), () => {
      throw storeError("throttled", "delete");
    });
    expect(
      await passing(home, "1m", sweeperOf(home, { observe: (event) => seen.push(event) }).sweep()),
    ).toMatchObject({ delivered: 1, undeleted: 1, requests: { delete: 4 } });
    const pauses = sent.map(([ms], index) => ms - (sent[index - 1]?.[0] ?? 0));
    expect(pauses.slice(1).every((ms) => ms > 0)).toBe(true);
    expect(seen.filter(({ type }) => type === "slowed")).toHaveLength(3); // the fourth is not repeated
    expect(await waitingIn(home.store)).toHaveLength(1);
  });

  it("does not wait to repeat a delete once the time for deletes is over", async () => {
    const { home, sent } = deletingBy(await scheduleWith(numbered(1)), async () => {
      await home.clock.sleep(3_480);
      throw storeError("unavailable", "delete");
    });
    const abort = new AbortController();
    const startedMs = home.clock.monotonic();
    const sweeping = sweeperOf(home).sweep({ signal: abort.signal });
    await home.clock.advance("0s");
    abort.abort(); // deletes end 3.5 s later
    const ended = sweeping.then((report) => ({ report, ms: home.clock.monotonic() - startedMs }));
    await home.clock.advance("10s");
    const { report, ms } = await ended;
    expect(report).toMatchObject({ truncated: "aborted", delivered: 1, undeleted: 1 });
    expect([sent.length, ms]).toEqual([1, 3_500]);
  });
});

describe("TableRunner: an error that is not the store's", () => {
  /** One event that is allowed and one that is not, in a store whose method throws a wrong setting. */
  async function broken(method: "copy" | "head" | "delete") {
    const refused = "2026-12-24T11:59:00.000Z|elsewhere|k|id";
    const home = await scheduleWith([...numbered(1), refused]);
    const fails = async () => {
      throw new KeywhenError("invalid-option", "made-up setting");
    };
    const store = { ...home.store, [method]: fails };
    const sweeper = createSweeper({ ...home, store, allowTargets: ["out/*"] });
    return { home, sweeper };
  }

  it.each(["copy", "head", "delete"] as const)(
    "ends the sweep with it, and frees the lease, if %s() throws it",
    async (method) => {
      const { home, sweeper } = await broken(method);
      expect(
        await passing(
          home,
          "1m",
          sweeper.sweep().catch((error: unknown) => error),
        ),
      ).toMatchObject({ code: "invalid-option", message: "made-up setting" });
      expect(home.clock.sleepers).toBe(0);
      expect(await activeSweepers(home)).toEqual([]);
    },
  );
});
