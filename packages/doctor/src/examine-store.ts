import { KeywhenError, type ScheduleLocation } from "@keywhen/core";
import {
  checkOptionNames,
  checkSignal,
  compileAllowTargets,
  guardedStore,
  LOCATION_OPTIONS,
  resolveSchedule,
  type Schedule,
} from "@keywhen/core/internal";
import type { Finding } from "@keywhen/core/store";
import { checkClock } from "./check-clock.js";
import { checkLease } from "./check-lease.js";
import { checkDeadLetters, checkListing } from "./check-listing.js";
import { checkSchedules } from "./check-schedules.js";
import { checkShardMap } from "./check-shard-map.js";
import { checkShards } from "./check-shards.js";
import { checkTargets } from "./check-targets.js";
import { cleanUp, createExamination, type Examination } from "./examination.js";
import { probeConditions } from "./probe-conditions.js";
import { probeOrder } from "./probe-order.js";
import { probeRights } from "./probe-rights.js";

export interface ExamineOptions extends ScheduleLocation {
  /** Targets to check, as a sweeper's `allowTargets`. `*` checks none. */
  readonly allowTargets?: readonly string[] | undefined;
  /**
   * Also writes under `<root>/probe/`, and deletes what it wrote. It never writes to targets.
   * @default false
   */
  readonly probe?: boolean | undefined;
  /**
   * Also stores the missing wake-ups of recurring schedules.
   * @default false
   */
  readonly repair?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Checks whether a store is fit for a schedule, and yields each finding. A request that the store refuses is a finding,
 * not an error. Only reads unless `probe` or `repair` is set. Throws for wrong options, and when `signal` aborts (after cleaning up).
 */
export async function* examineStore(options: ExamineOptions): AsyncGenerator<Finding, void> {
  const { allowTargets = [], probe = false, repair = false, signal, ...home } = options;
  checkOptionNames(home, LOCATION_OPTIONS, "examineStore()");
  checkSignal(signal);
  const isEmpty = Array.isArray(allowTargets) && allowTargets.length === 0;
  if (!isEmpty) compileAllowTargets(allowTargets);
  const resolved = resolve(home);
  if ("status" in resolved) {
    yield resolved;
    return;
  }
  const store = guardedStore(resolved.store, resolved.clock);
  const examination = createExamination(resolved, store, signal);
  const canRead = yield* checkListing(examination, probe);
  if (!canRead) return;
  yield checkClock(examination);
  yield await checkDeadLetters(examination);
  yield await checkLease(examination);
  const shardMap = await checkShardMap(examination);
  if (shardMap !== undefined) yield shardMap;
  yield* checkShards(examination);
  yield* checkSchedules(examination, home, repair);
  if (probe) yield* probes(examination, allowTargets);
  else yield* checkTargets(examination, allowTargets, false);
}

async function* probes(
  examination: Examination,
  allowTargets: readonly string[],
): AsyncGenerator<Finding, void> {
  let cleaned: Finding;
  try {
    const canWrite = yield* probeRights(examination);
    if (canWrite) {
      yield await probeOrder(examination);
      yield* probeConditions(examination);
    }
    yield* checkTargets(examination, allowTargets, true);
  } finally {
    cleaned = await cleanUp(examination);
  }
  yield cleaned;
}

/** A store without ordered lists is a finding too. */
function resolve(home: ScheduleLocation): Schedule | Finding {
  try {
    return resolveSchedule(home);
  } catch (error) {
    if (!(error instanceof KeywhenError) || error.code !== "not-supported") throw error;
    return { name: "list order", status: "fail", detail: error.message };
  }
}
