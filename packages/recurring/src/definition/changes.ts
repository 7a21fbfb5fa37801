import {
  type Content,
  type Definition,
  type LastOccurrence,
  type NextOccurrence,
  START,
  type StoredPayload,
} from "./definition.js";
import { firstAfter, following, type Naming } from "./occurrence-after.js";

/** What a verb makes of a stored definition. */
export type Change =
  | { readonly outcome: "changed"; readonly definition: Definition }
  /** The definition says so already. */
  | { readonly outcome: "unchanged"; readonly definition: Definition }
  | { readonly outcome: "not-found" | "ended" | "not-active" | "no-occurrence" };

/** When a verb is decided. */
export interface DecisionTime {
  readonly nowMs: number;
  /** An occurrence that is due within this time may be under way, so its turn can't be taken back. */
  readonly guardMs: number;
}

/** A caller's content, compared with what is stored. */
export interface NewContent {
  readonly content: Content;
  readonly revision: string;
  /** The stored definition has the same rule, so its last occurrence is one of this rule. */
  readonly isSameRule: boolean;
}

const NO_PAYLOAD: StoredPayload = { body: { kind: "inline", base64: "" } };

export function put(
  stored: Definition | undefined,
  { content, revision, isSameRule }: NewContent,
  naming: Naming,
  time: DecisionTime,
): Change {
  const live = liveOf(stored);
  if (live?.revision === revision) return { outcome: "unchanged", definition: live };
  const last = isSameRule ? live?.last : undefined;
  const base = { revision, content, last };
  if (live?.state === "paused") return changed({ ...base, state: "paused", next: undefined });
  const next =
    live?.next === undefined
      ? firstAfter(naming, content, time.nowMs + time.guardMs, last)
      : nextOfNewContent(live.next, last, { content, isSameRule }, naming, time);
  if (next === undefined) return { outcome: "no-occurrence" };
  return changed({ ...base, state: "active", next });
}

/** An occurrence keeps its turn if the rule is the same, or if it may be under way. */
function nextOfNewContent(
  next: NextOccurrence,
  last: LastOccurrence | undefined,
  { content, isSameRule }: Omit<NewContent, "revision">,
  naming: Naming,
  time: DecisionTime,
): NextOccurrence | undefined {
  const kept = { ...next, token: naming.newToken() };
  if (isClosed(next, time)) return { ...kept, isOfOldRule: next.isOfOldRule || !isSameRule };
  const { untilMs = Number.POSITIVE_INFINITY } = content;
  if (isSameRule && next.atMs <= untilMs) return kept;
  return firstAfter(naming, content, time.nowMs + time.guardMs, last);
}

/** An occurrence that may be under way counts as the last one: a machine with other time zone data would find it again. */
export function pause(stored: Definition | undefined, time: DecisionTime): Change {
  const live = liveOf(stored);
  if (live === undefined) return { outcome: "not-found" };
  if (live.state === "ended") return { outcome: "ended" };
  if (live.state === "paused") return { outcome: "unchanged", definition: live };
  const { next } = live;
  const last = next !== undefined && isClosed(next, time) ? lastOf(live, next) : live.last;
  return changed({ ...live, state: "paused", next: undefined, last });
}

/** Occurrences of the pause are not made up. */
export function resume(
  stored: Definition | undefined,
  naming: Naming,
  { nowMs, guardMs }: DecisionTime,
): Change {
  const live = liveOf(stored);
  if (live === undefined) return { outcome: "not-found" };
  if (live.state === "ended") return { outcome: "ended" };
  if (live.state === "active") return { outcome: "unchanged", definition: live };
  return withNext(live, firstAfter(naming, live.content, nowMs + guardMs, live.last));
}

/**
 * Goes on to the occurrence after the one whose turn it is: that one was delivered, or is passed over (then the next one counts
 * it).
 */
export function advance(
  stored: Definition | undefined,
  naming: Naming,
  nowMs: number,
  isPassedOver: boolean,
): Change {
  const live = liveOf(stored);
  if (live === undefined) return { outcome: "not-found" };
  if (live.state === "ended") return { outcome: "ended" };
  if (live.next === undefined) return { outcome: "not-active" };
  const { content, next } = live;
  const last = lastOf(live, next);
  const after = following(naming, content, last, nowMs, next.madeUp);
  const skipped = isPassedOver ? next.passedOver + 1 : 0;
  const counted = after && { ...after, passedOver: after.passedOver + skipped };
  return withNext({ ...live, last }, counted);
}

function lastOf(
  { last }: Definition,
  { atMs, nominal, isOfOldRule }: NextOccurrence,
): LastOccurrence {
  if (nominal === START) return { atMs, nominal: last?.nominal };
  return { atMs, nominal: isOfOldRule ? undefined : nominal };
}

/** The definition stays, as deleted and without its payload, because a wake-up of it may be left. */
export function remove(stored: Definition | undefined): Change {
  const live = liveOf(stored);
  if (live === undefined) return { outcome: "not-found" };
  const content = { ...live.content, payload: NO_PAYLOAD };
  return changed({ ...live, content, state: "deleted", next: undefined });
}

/** Whether an occurrence may be under way. */
export function isClosed({ dueMs }: NextOccurrence, { nowMs, guardMs }: DecisionTime): boolean {
  return nowMs >= dueMs - guardMs;
}

function liveOf(stored: Definition | undefined): Definition | undefined {
  return stored?.state === "deleted" ? undefined : stored;
}

function withNext(definition: Definition, next: NextOccurrence | undefined): Change {
  return changed({ ...definition, state: next === undefined ? "ended" : "active", next });
}

function changed(definition: Definition): Change {
  return { outcome: "changed", definition };
}
