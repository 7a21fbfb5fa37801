import type { ScheduleLocation } from "@keywhen/core";
import {
  type CallOptions,
  listPages,
  readShared,
  signalOf,
  unescapePart,
} from "@keywhen/core/internal";
import { isFarAhead } from "../definition/is-far-ahead.js";
import { arm } from "../wake-up/arm.js";
import { idOfWakeUp } from "../wake-up/wake-up-id.js";
import { exists } from "./exists.js";
import {
  bodyRef,
  definitionObject,
  definitionsPrefix,
  type Place,
  placeOf,
  type StoredDefinition,
  wakeUpRef,
} from "./place.js";
import { occurrenceOf, type ScheduledOccurrence } from "./schedule-info.js";

/**
 * Why a schedule does not go on as its definition says.
 *
 * - `unreadable`: its definition is damaged, or a newer version of keywhen wrote it.
 * - `unarmed`: it is active, and its wake-up is missing. `repairSchedule` stores it again.
 * - `no-body`: its body has a separate object, which is missing, so no further wake-up can be stored.
 * - `stale`: its wake-up has been due for more than 15 minutes, so no sweeper completes it.
 * - `far-ahead`: its rule has occurrences before the next one that were not skipped. The clock of a machine may have been wrong.
 */
export type ScheduleProblem = "unreadable" | "unarmed" | "no-body" | "stale" | "far-ahead";

/** A schedule, and what is wrong with it. */
export interface ExaminedSchedule {
  readonly name: string;
  /** `undefined`: nothing is wrong. */
  readonly problem: ScheduleProblem | undefined;
  /** The occurrence that is delivered next; only of an active schedule. */
  readonly next: ScheduledOccurrence | undefined;
}

/** A sweep once a minute is up to two minutes late. After this time, no sweeper completes the wake-up. */
const STALE_MS = 15 * 60_000;
/** A writer or a sweeper may be about to store the wake-up. */
const SECOND_LOOK_MS = 1_000;

/**
 * Reads every schedule of a location and checks whether it goes on: a GET for each definition, and a HEAD for the wake-up (and
 * the body, if it has a separate object) of each active one. Only reads. Throws as `createSchedules` does.
 */
export async function* examineSchedules(
  location: ScheduleLocation,
  call?: CallOptions,
): AsyncGenerator<ExaminedSchedule, void> {
  const signal = signalOf(call, "examineSchedules()");
  const place = { ...placeOf(location, "examineSchedules()"), signal };
  const { bucket, store } = place;
  const prefix = definitionsPrefix(place);
  for await (const page of listPages(store, { bucket, prefix, startAfter: prefix }, place)) {
    for (const { key } of page) {
      const name = unescapePart(key.slice(prefix.length));
      if (name === undefined) continue;
      const stored = await read(place, name);
      if (stored !== "missing" && stored?.state !== "deleted") yield examined(place, name, stored);
    }
  }
}

/**
 * - `repaired`: its wake-up was missing, and is stored.
 * - `unchanged`: its wake-up is stored already, or the schedule is not active.
 * - `unreadable`, `no-body`: see `ScheduleProblem`.
 */
export interface RepairResult {
  readonly outcome: "repaired" | "unchanged" | "unreadable" | "no-body" | "not-found";
}

/**
 * Stores the wake-up of an active schedule if it is missing, for example because it was deleted by hand. Its definition stays as
 * it is. An occurrence that was missed by then is delivered late, as after any outage.
 */
export async function repairSchedule(
  location: ScheduleLocation,
  name: string,
  call?: CallOptions,
): Promise<RepairResult> {
  const signal = signalOf(call, "repairSchedule()");
  const place = { ...placeOf(location, "repairSchedule()"), signal };
  const stored = await read(place, name);
  if (stored === undefined) return { outcome: "unreadable" };
  if (stored === "missing" || stored.state === "deleted") return { outcome: "not-found" };
  if (stored.next === undefined || (await isArmed(place, name, stored))) {
    return { outcome: "unchanged" };
  }
  const armed = await arm(place, name, stored);
  return { outcome: armed === "armed" ? "repaired" : "no-body" };
}

async function examined(
  place: Place,
  name: string,
  stored: Exclude<StoredDefinition, "missing"> | undefined,
): Promise<ExaminedSchedule> {
  const next = stored?.next && occurrenceOf(stored.next);
  return { name, next, problem: await problemOf(place, name, stored) };
}

async function problemOf(
  place: Place,
  name: string,
  stored: StoredDefinition | undefined,
): Promise<ScheduleProblem | undefined> {
  if (stored === undefined) return "unreadable";
  if (stored === "missing" || stored.next === undefined) return undefined;
  const { body } = stored.content.payload;
  const hasBody = body.kind === "inline" || (await exists(place, bodyRef(place, body.object)));
  if (!hasBody) return "no-body";
  if (!(await isArmed(place, name, stored))) {
    await place.clock.sleep(SECOND_LOOK_MS, { signal: place.signal });
    const later = await read(place, name);
    const isSame = later !== "missing" && later?.writeId === stored.writeId;
    if (!isSame) return problemOf(place, name, later);
    if (!(await isArmed(place, name, stored))) return "unarmed";
  }
  const nowMs = place.clock.now();
  if (nowMs - stored.next.dueMs > STALE_MS) return "stale";
  return isFarAhead(stored, nowMs) ? "far-ahead" : undefined;
}

async function isArmed(
  place: Place,
  name: string,
  { content, next }: Exclude<StoredDefinition, "missing">,
): Promise<boolean> {
  return next !== undefined && exists(place, wakeUpRef(place, idOfWakeUp(name, content.to, next)));
}

/** `undefined`: there is an object, but not a definition of this version. */
async function read(place: Place, name: string): Promise<StoredDefinition | undefined> {
  const { state } = await readShared(definitionObject(place, name), place.signal);
  return state;
}
