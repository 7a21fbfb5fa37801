import { performance } from "node:perf_hooks";
import { type RunnerTask, type RunnerTestCase, TestRunner } from "vitest";

/** How often it is looked whether a test still does anything, and after how many looks without anything it has failed. */
const LOOK_MS = 250;
const LOOKS = 4;
/** What a look itself may cost. */
const NOTHING_MS = 2;
/** The processor's time that a test may take: ten times what one takes that is not slow. */
const MOST_CPU_MS = 5_000;

/**
 * Leaves out slow tests, and ends a test where nothing happens any more, or that goes on without end: a mutant has broken what
 * it waits for. Core takes its time from a clock that the tests move, so none of them waits for a timer. A time limit would be
 * much longer, and count a busy machine as a mutant that was noticed.
 */
export default class MutationTestRunner extends TestRunner {
  override async onBeforeRunTask(test: RunnerTask): Promise<void> {
    if ("tags" in test && test.tags?.includes("slow")) test.mode = "skip";
    await super.onBeforeRunTask(test);
  }

  async runTask(test: RunnerTestCase): Promise<void> {
    let stop = () => {};
    const hanging = new Promise<never>((_, reject) => {
      const begun = process.cpuUsage();
      let quietLooks = 0;
      let before = performance.eventLoopUtilization();
      const looking = setInterval(() => {
        const now = performance.eventLoopUtilization();
        const { active } = performance.eventLoopUtilization(now, before);
        before = now;
        quietLooks = active < NOTHING_MS ? quietLooks + 1 : 0;
        const { user, system } = process.cpuUsage(begun);
        if (quietLooks === LOOKS) reject(new Error("the test waits for what does not happen"));
        else if (user + system > MOST_CPU_MS * 1_000) reject(new Error("the test does not end"));
      }, LOOK_MS);
      stop = () => clearInterval(looking);
    });
    try {
      await Promise.race([TestRunner.getTestFn(test)(), hanging]);
    } finally {
      stop();
    }
  }
}
