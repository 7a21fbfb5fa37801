import type { ObjectRef } from "@keywhen/core/store";
import type { Definition, NextOccurrence, ScheduleState } from "../definition/definition.js";
import type { Rule } from "../rule/rule.js";

/** One occurrence of a schedule or rule. */
export interface ScheduledOccurrence {
  /** When it is due. */
  readonly at: Date;
  /** Its nominal time, as in the metadata `keywhen-occurrence`. */
  readonly occurrence: string;
}

/** A schedule as it is stored. */
export interface ScheduleInfo {
  readonly name: string;
  readonly state: Exclude<ScheduleState, "deleted">;
  readonly rule: Rule;
  readonly to: ObjectRef;
  readonly until: Date | undefined;
  /** `all`: every missed occurrence is delivered. */
  readonly missed: "latest" | "all";
  /** How late an occurrence is still delivered: two minutes for `missed: "skip"`. `undefined`: no limit. */
  readonly maxLateMs: number | undefined;
  /** 0: each occurrence is due at its nominal time. */
  readonly windowMs: number;
  /** Only of an active schedule. */
  readonly next: ScheduledOccurrence | undefined;
  /** The last one that was delivered or passed over. */
  readonly last: { readonly at: Date; readonly occurrence: string | undefined } | undefined;
  readonly contentType: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
}

/** `undefined` for what is left of a deleted schedule. */
export function infoOf(name: string, definition: Definition | undefined): ScheduleInfo | undefined {
  if (definition === undefined || definition.state === "deleted") return undefined;
  const { state, content, next, last } = definition;
  const { rule, to, untilMs, deliversMissed, maxLateMs, windowMs, payload } = content;
  return {
    name,
    state,
    rule,
    to,
    until: untilMs === undefined ? undefined : new Date(untilMs),
    missed: deliversMissed ? "all" : "latest",
    maxLateMs,
    windowMs,
    next: next && occurrenceOf(next),
    last: last && { at: new Date(last.atMs), occurrence: last.nominal },
    contentType: payload.contentType,
    metadata: payload.metadata ?? {},
  };
}

export function occurrenceOf({ dueMs, nominal }: NextOccurrence): ScheduledOccurrence {
  return { at: new Date(dueMs), occurrence: nominal };
}
