import { formatInstant, isToken, parseWholeInstant } from "@keywhen/core/internal";
import * as v from "valibot";
import { recurrenceOf } from "../rule/compile-rule.js";
import type { Rule } from "../rule/rule.js";
import type { Definition, NextOccurrence } from "./definition.js";

const VERSION = 1;

const instant = v.pipe(
  v.string(),
  v.check((text) => parseWholeInstant(text) !== undefined),
  v.transform((text) => Date.parse(text)),
);
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
/** No key can have half of a character. */
const name = v.pipe(
  v.string(),
  v.nonEmpty(),
  v.check((text) => text.isWellFormed()),
);
/** Of a body that has a separate object. */
const OBJECT = /^[a-z]{16}$/;

const SCHEMA = v.object({
  version: v.literal(VERSION),
  writeId: name,
  revision: name,
  state: v.picklist(["active", "paused", "ended", "deleted"]),
  rule: v.pipe(
    v.union([
      v.object({ cron: name, timeZone: v.optional(name) }),
      v.object({ every: name, from: v.optional(name) }),
    ]),
    v.check(isUsable),
  ),
  to: v.object({ bucket: name, key: name }),
  payload: v.object({
    body: v.union([
      v.object({ kind: v.literal("inline"), base64: v.pipe(v.string(), v.check(isBase64)) }),
      v.object({
        kind: v.literal("object"),
        object: v.pipe(v.string(), v.regex(OBJECT)),
        sha256: name,
      }),
    ]),
    contentType: v.optional(v.string()),
    contentEncoding: v.optional(v.string()),
    cacheControl: v.optional(v.string()),
    metadata: v.optional(v.record(v.string(), v.string())),
  }),
  until: v.optional(instant),
  maxLateMs: v.optional(count),
  missed: v.optional(v.literal("all")),
  windowMs: v.optional(count),
  next: v.optional(
    v.object({
      at: instant,
      occurrence: name,
      instant: v.optional(instant),
      token: v.pipe(v.string(), v.check(isToken)),
      passedOver: v.optional(count),
      madeUp: v.optional(count),
      isOfOldRule: v.optional(v.boolean()),
    }),
  ),
  last: v.optional(v.object({ instant, occurrence: v.optional(name) })),
});

/** A definition, and the write that stored it. */
export interface WrittenDefinition extends Definition {
  /** Different for each write, so that a writer without an answer can find out whether its write was carried out. */
  readonly writeId: string;
}

/** Reads a definition; `undefined` for a text that is not one, is of a later version, or has a rule that can't be used here. */
export function parseDefinition(text: string): WrittenDefinition | undefined {
  const { success, output } = v.safeParse(SCHEMA, jsonOf(text));
  if (!success || (output.state === "active") !== (output.next !== undefined)) return undefined;
  const { rule, to, payload, until, maxLateMs, missed, windowMs = 0, next, last } = output;
  return {
    writeId: output.writeId,
    revision: output.revision,
    state: output.state,
    content: {
      rule,
      to,
      payload,
      untilMs: until,
      maxLateMs,
      deliversMissed: missed === "all",
      windowMs,
    },
    next: next && {
      atMs: next.instant ?? next.at,
      nominal: next.occurrence,
      dueMs: next.at,
      token: next.token,
      passedOver: next.passedOver ?? 0,
      madeUp: next.madeUp ?? 0,
      isOfOldRule: next.isOfOldRule ?? false,
    },
    last: last && { atMs: last.instant, nominal: last.occurrence },
  };
}

export function formatDefinition(definition: WrittenDefinition): string {
  const { writeId, revision, state, content, next, last } = definition;
  const { rule, to, payload, untilMs, maxLateMs, deliversMissed, windowMs } = content;
  return JSON.stringify({
    version: VERSION,
    writeId,
    revision,
    state,
    rule,
    to,
    payload,
    until: untilMs === undefined ? undefined : formatInstant(untilMs),
    maxLateMs,
    missed: deliversMissed ? "all" : undefined,
    windowMs: windowMs === 0 ? undefined : windowMs,
    next: next && nextJson(next),
    last: last && { instant: formatInstant(last.atMs), occurrence: last.nominal },
  });
}

/** What a reader can do without is left out. */
function nextJson({
  atMs,
  nominal,
  dueMs,
  token,
  passedOver,
  madeUp,
  isOfOldRule,
}: NextOccurrence) {
  return {
    at: formatInstant(dueMs),
    occurrence: nominal,
    instant: atMs === dueMs ? undefined : formatInstant(atMs),
    token,
    passedOver: passedOver === 0 ? undefined : passedOver,
    madeUp: madeUp === 0 ? undefined : madeUp,
    isOfOldRule: isOfOldRule || undefined,
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** This machine may not know a zone that another one knows. */
function isUsable(rule: Rule): boolean {
  try {
    recurrenceOf(rule);
    return true;
  } catch {
    return false;
  }
}

function isBase64(text: string): boolean {
  return /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text);
}
