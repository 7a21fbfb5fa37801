import { KeywhenError, type ScheduleLocation } from "@keywhen/core";
import {
  type CallOptions,
  listPages,
  readShared,
  showValue,
  signalOf,
  unescapePart,
} from "@keywhen/core/internal";
import { advance, isClosed, pause, remove, resume } from "../definition/changes.js";
import type { Definition, NextOccurrence } from "../definition/definition.js";
import type { Naming } from "../definition/occurrence-after.js";
import { randomToken } from "../wake-up/wake-up-id.js";
import { type ChangeResult, changeDefinition, storedDefinition } from "./change-definition.js";
import type { NewSchedule } from "./new-schedule.js";
import { definitionObject, definitionsPrefix, type Place, placeOf } from "./place.js";
import { putSchedule } from "./put-schedule.js";
import { removeBody } from "./remove-body.js";
import {
  infoOf,
  occurrenceOf,
  type ScheduledOccurrence,
  type ScheduleInfo,
} from "./schedule-info.js";
import { type TriggerResult, triggerSchedule } from "./trigger-schedule.js";

/**
 * What became of a call that changes a schedule.
 *
 * `underWay`: an occurrence that was due, or due within the guard, when the change was stored. It may be delivered as the
 * schedule was before. Nothing else is delivered that the outcome rules out.
 */
interface Changed<Outcome extends string> {
  readonly outcome: Outcome;
  readonly underWay?: ScheduledOccurrence | undefined;
}

/** `next`: the occurrence that is delivered next; `undefined` if the schedule is paused or has ended. @inline */
type WithNext = { readonly next: ScheduledOccurrence | undefined };

/**
 * - `created`, `updated`: stored.
 * - `unchanged`: it was stored with the same content already, and nothing was written.
 */
export type PutScheduleResult = Changed<"created" | "updated" | "unchanged"> &
  WithNext & { readonly state: ScheduleInfo["state"] };
export type PauseResult = Changed<"paused" | "unchanged" | "not-found" | "ended">;
export type ResumeResult = Changed<"resumed" | "unchanged" | "not-found" | "ended"> & WithNext;
/**
 * - `skipped`: the occurrence `skipped` is not delivered.
 * - `too-late`: it may be under way, so it may still be delivered (`underWay`).
 */
export type SkipResult =
  | ({ readonly outcome: "skipped"; readonly skipped: ScheduledOccurrence } & WithNext)
  | ({ readonly outcome: "too-late"; readonly underWay: ScheduledOccurrence } & WithNext)
  | { readonly outcome: "not-found" | "ended" | "not-active" };
export type DeleteScheduleResult = Changed<"deleted" | "not-found">;

/** Definitions that a list reads at the same time. */
const READS = 16;

/** The recurring schedules of one location. Holds nothing open. */
export interface Schedules {
  /**
   * Stores a schedule under a name of the caller's, or changes it. Repeating a call with the same content changes nothing, so
   * that a deployment can put its schedules each time. Throws `invalid-option` if the rule has no occurrence left.
   */
  put(name: string, schedule: NewSchedule, call?: CallOptions): Promise<PutScheduleResult>;
  /** Reads one schedule: one GET. */
  get(name: string, call?: CallOptions): Promise<ScheduleInfo | undefined>;
  /**
   * Reads all schedules, or those whose name begins with `prefix`, in the order of their names: a GET for each. Throws at the end
   * if some could not be read; the others are listed.
   */
  list(
    filter?: { readonly prefix?: string | undefined },
    call?: CallOptions,
  ): AsyncIterable<ScheduleInfo>;
  /** Stops deliveries until `resume`. */
  pause(name: string, call?: CallOptions): Promise<PauseResult>;
  /** Goes on with the first occurrence from now on. Nothing that was missed during the pause is delivered. */
  resume(name: string, call?: CallOptions): Promise<ResumeResult>;
  /** Passes over the next occurrence. */
  skip(name: string, call?: CallOptions): Promise<SkipResult>;
  /** Delivers once, now, in addition to the schedule's occurrences: an event with its own id. */
  trigger(name: string, call?: CallOptions): Promise<TriggerResult>;
  delete(name: string, call?: CallOptions): Promise<DeleteScheduleResult>;
}

/**
 * Opens the recurring schedules of a location. Sends nothing by itself. They are delivered by a sweeper that was created with
 * `wakeUps: recurringWakeUps()`. Throws `not-supported` for a store without conditional puts.
 */
export function createSchedules(location: ScheduleLocation): Schedules {
  const place = placeOf(location, "createSchedules()");
  const at = (call: CallOptions | undefined, of: string): Place => ({
    ...place,
    signal: signalOf(call, of),
  });
  return {
    put: async (name, schedule, call) => put(at(call, "put()"), checkName(name), schedule),
    get: async (name, call) => infoOf(name, await read(at(call, "get()"), checkName(name))),
    list: (filter = {}, call) => list(at(call, "list()"), filter.prefix ?? ""),
    pause: async (name, call) => pauseSchedule(at(call, "pause()"), checkName(name)),
    resume: async (name, call) => resumeSchedule(at(call, "resume()"), checkName(name)),
    skip: async (name, call) => skip(at(call, "skip()"), checkName(name)),
    trigger: async (name, call) =>
      triggerSchedule(location, at(call, "trigger()"), checkName(name)),
    delete: async (name, call) => deleteSchedule(at(call, "delete()"), checkName(name)),
  };
}

async function put(place: Place, name: string, schedule: NewSchedule): Promise<PutScheduleResult> {
  const result = await putSchedule(place, name, schedule);
  const { change, replaced } = result;
  if (!("definition" in change)) {
    throw new KeywhenError(
      "invalid-option",
      `The schedule ${JSON.stringify(name)} has no occurrence from now on, before until. Change its rule or until.`,
    );
  }
  const isNew = replaced === undefined || replaced.state === "deleted";
  const outcome = change.outcome === "unchanged" ? "unchanged" : isNew ? "created" : "updated";
  const { state } = change.definition;
  return {
    outcome,
    state,
    ...nextOf(change.definition),
    ...underWayOf(result),
  } as PutScheduleResult;
}

async function pauseSchedule(place: Place, name: string): Promise<PauseResult> {
  const result = await changeDefinition(place, name, pause);
  return { outcome: outcomeOf(result, "paused"), ...underWayOf(result) } as PauseResult;
}

async function resumeSchedule(place: Place, name: string): Promise<ResumeResult> {
  const result = await changeDefinition(place, name, (stored, time) =>
    resume(stored, namingOf(place, name), time),
  );
  const definition = "definition" in result.change ? result.change.definition : undefined;
  return { outcome: outcomeOf(result, "resumed"), ...nextOf(definition) } as ResumeResult;
}

async function skip(place: Place, name: string): Promise<SkipResult> {
  let first: NextOccurrence | undefined;
  const result = await changeDefinition(place, name, (stored, time) => {
    first ??= stored?.next;
    // Delivered in the meantime, or passed over by a try of this call that had no answer: no other one is skipped for it.
    const isOver = first && stored?.next?.nominal !== first.nominal && isClosed(first, time);
    if (isOver && stored?.state === "active") return { outcome: "unchanged", definition: stored };
    return advance(stored, namingOf(place, name), time.nowMs, true);
  });
  const { change, replaced, underWay } = result;
  if (!("definition" in change)) return { outcome: change.outcome } as SkipResult;
  const next = nextOf(change.definition);
  if (underWay !== undefined) {
    return { outcome: "too-late", underWay: occurrenceOf(underWay), ...next };
  }
  const skipped = occurrenceOf(replaced?.next as NextOccurrence); // only an active schedule is advanced
  return { outcome: "skipped", skipped, ...next };
}

async function deleteSchedule(place: Place, name: string): Promise<DeleteScheduleResult> {
  const result = await changeDefinition(place, name, remove);
  await removeBody(place, result.replaced?.content.payload.body);
  return { outcome: outcomeOf(result, "deleted"), ...underWayOf(result) } as DeleteScheduleResult;
}

async function read(place: Place, name: string): Promise<Definition | undefined> {
  return storedDefinition(await readShared(definitionObject(place, name), place.signal), name);
}

async function* list(place: Place, namePrefix: string): AsyncGenerator<ScheduleInfo, void> {
  const failures: unknown[] = [];
  for await (const names of namesIn(place, namePrefix)) {
    const found = await Promise.allSettled(names.map((name) => read(place, name)));
    for (const [index, result] of found.entries()) {
      if (result.status === "rejected") failures.push(result.reason);
      const info = result.status === "fulfilled" && infoOf(names[index] ?? "", result.value);
      if (info) yield info;
    }
  }
  if (failures.length > 0) throw failures[0];
}

/** The names of all schedules with a prefix, in the groups that are read together. */
async function* namesIn(place: Place, namePrefix: string): AsyncGenerator<readonly string[], void> {
  const { bucket, store } = place;
  const prefix = definitionsPrefix(place);
  for await (const page of listPages(store, { bucket, prefix, startAfter: prefix }, place)) {
    const names = page
      .map(({ key }) => unescapePart(key.slice(prefix.length)) ?? "")
      .filter((name) => name !== "" && name.startsWith(namePrefix));
    for (let first = 0; first < names.length; first += READS) {
      yield names.slice(first, first + READS);
    }
  }
}

function namingOf({ random }: Place, name: string): Naming {
  return { name, newToken: () => randomToken(random) };
}

function outcomeOf({ change }: ChangeResult, changed: string): string {
  return change.outcome === "changed" ? changed : change.outcome;
}

function nextOf(definition: Definition | undefined): WithNext {
  return { next: definition?.next && occurrenceOf(definition.next) };
}

function underWayOf({ underWay }: ChangeResult): { readonly underWay?: ScheduledOccurrence } {
  return underWay === undefined ? {} : { underWay: occurrenceOf(underWay) };
}

/** Names are part of delivery ids and keys. */
function checkName(name: string): string {
  if (
    typeof name !== "string" ||
    name === "" ||
    !name.isWellFormed() ||
    name.startsWith("/") ||
    name.endsWith("/")
  ) {
    throw new KeywhenError(
      "invalid-id",
      `A schedule's name must be text without a slash at either end (got ${showValue(name)}).`,
    );
  }
  return name;
}
