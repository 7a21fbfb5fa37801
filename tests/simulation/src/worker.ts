import { parentPort } from "node:worker_threads";
import { loadCore } from "./core-under-test.js";
import { makeDigestDeterministic } from "./deterministic-hash.js";
import { makeAbortLight } from "./light-abort.js";
import { runSeeds, type Seeds } from "./run-seeds.js";
import { makeZoneDataChangeable } from "./zone-data.js";

export interface Job extends Seeds {
  /** `undefined`: the workspace's own build. */
  readonly coreUrl: string | undefined;
}

makeDigestDeterministic();
makeAbortLight();
makeZoneDataChangeable();
Error.stackTraceLimit = 0; // thousands of errors are made here, and their stacks are never read
parentPort?.on("message", async (job: Job) => {
  parentPort?.postMessage(await runSeeds(await loadCore(job.coreUrl), job));
});
