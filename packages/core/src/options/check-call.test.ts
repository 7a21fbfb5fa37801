import { describe, expect, it } from "vitest";
import { createDeadLetters, createScheduler, createShards, createSweeper } from "../index.js";
import { testSchedule } from "../test-support/test-schedule.js";

const ID = "2096-12-24T09:00:00.000Z|out|k|one";
const TO = { bucket: "out", key: "k" };
const EVENT = { at: "2096-12-24T09:00:00Z", to: TO } as const;

/** What a caller writes by mistake for `controller.signal`; TypeScript refuses it, JavaScript does not. */
const call = Object.assign({}, { signal: new AbortController() as never });

const CALLS: Readonly<Record<string, () => unknown>> = (() => {
  const home = testSchedule();
  const scheduler = createScheduler(home);
  const letters = createDeadLetters(home);
  const shardMap = createShards(home);
  const sweeper = createSweeper({ ...home, allowTargets: ["out/*"] });
  const first = (iterable: AsyncIterable<unknown>) => iterable[Symbol.asyncIterator]().next();
  return {
    "schedule()": () => scheduler.schedule(EVENT, call),
    "scheduleMany()": () => scheduler.scheduleMany([EVENT], call),
    "list()": () => first(scheduler.list({}, call)),
    "get()": () => scheduler.get(ID, call),
    "cancel()": () => scheduler.cancel(ID, call),
    "reschedule()": () => scheduler.reschedule(ID, { in: "1h" }, call),
    "dead get()": () => letters.get(ID, call),
    "redrive()": () => letters.redrive(ID, undefined, call),
    "purge()": () => letters.purge(ID, call),
    "read()": () => shardMap.read(call),
    "setShards()": () => shardMap.setShards(4, call),
    "dropShards()": () => shardMap.dropShards(4, call),
    "sweep()": () => sweeper.sweep(call),
    "start()": () => sweeper.start(call),
  };
})();

describe("a signal that is none", () => {
  it.each(Object.entries(CALLS))("is refused by %s before anything is sent", async (_, make) => {
    const calling = (async () => make())();
    await expect(calling).rejects.toMatchObject({
      code: "invalid-option",
      message: expect.stringMatching(
        /^signal must be an AbortSignal, such as controller\.signal \(got /,
      ),
    });
  });
});
