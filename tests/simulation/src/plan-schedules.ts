import {
  FORBIDDEN_BUCKET,
  MISSING_BUCKET,
  type RulePlan,
  type ScheduleContent,
  type SchedulePlan,
  type ScheduleStep,
  type Span,
  TARGET_BUCKETS,
} from "./plan.js";
import { type Prng, prngOf } from "./prng.js";
import { occurrenceAfter } from "./rule-occurrences.js";

interface Source extends Span {
  readonly writers: readonly [string, ...string[]];
  readonly isLong: boolean;
}

const GUARD_MS = 4_000;
const MINUTE_MS = 60_000;

/** One to five recurring schedules. */
export function planSchedules(
  seed: number,
  writerNames: readonly string[],
  span: Span,
): SchedulePlan[] {
  const [first = "writer-1", ...others] = writerNames;
  const isLong = span.chaosMs > 2 * 60 * MINUTE_MS;
  const source: Source = { ...span, writers: [first, ...others], isLong };
  const count = prngOf(seed, "schedules").pick([1, 1, 1, 2, 3, 5]);
  return Array.from({ length: count }, (_, index) => {
    const name = `schedule-${index + 1}`;
    return planSchedule(source, name, prngOf(seed, name));
  });
}

function planSchedule(source: Source, name: string, prng: Prng): SchedulePlan {
  const { startMs, chaosMs } = source;
  const endMs = startMs + chaosMs;
  let content = drawContent(source, prng, name, 1);
  let atMs = startMs + prng.between(0, 20_000);
  const steps: ScheduleStep[] = [];
  const add = (kind: ScheduleStep["kind"], of: ScheduleContent | undefined) => {
    const writer = prng.pick(source.writers);
    steps.push({ name: `${name}.${steps.length + 1}`, kind, atMs, writer, content: of });
  };
  const isByHand = prng.chance(0.1);
  if (isByHand) content = { ...content, ...WRITTEN_BY_HAND };
  add(isByHand ? "start-schedule" : "put-schedule", content);
  const further = prng.between(1, 8);
  for (let left = further; left > 0; left--) {
    atMs = nextStepMs(prng, content.rule, atMs, (2 * (endMs - atMs)) / (left + 1));
    if (atMs > endMs) break;
    const kind = prng.pick(VERBS);
    if (kind === "put-new") content = changedContent(source, prng, name, content);
    if (kind === "put-new" || kind === "put-same") add("put-schedule", content);
    else add(kind, undefined);
    if (kind === "pause-schedule" && prng.chance(0.7)) {
      atMs += prng.between(50, 30_000);
      add("resume-schedule", undefined);
    }
  }
  return { name, steps };
}

const WRITTEN_BY_HAND = {
  isLarge: false,
  missed: "latest",
  maxLateMs: undefined,
  untilMs: undefined,
  windowMs: 0,
} as const;

const VERBS = [
  "put-new",
  "put-new",
  "put-new",
  "put-same",
  "pause-schedule",
  "pause-schedule",
  "resume-schedule",
  "skip-occurrence",
  "skip-occurrence",
  "trigger-schedule",
  "delete-schedule",
] as const;

/** Mostly around the instant at which an occurrence closes; sometimes together with the step before, by another writer. */
function nextStepMs(prng: Prng, rule: RulePlan, lastMs: number, mostMs: number): number {
  const usualMs = lastMs + Math.floor(prng.next() * mostMs);
  const luck = prng.next();
  if (luck < 0.15) return lastMs + prng.between(0, 400);
  if (luck < 0.4) return usualMs;
  const dueMs = occurrenceAfter(rule, usualMs).atMs;
  return Math.max(lastMs, dueMs - GUARD_MS + prng.between(-5_000, luck < 0.8 ? 5_000 : 15_000));
}

function changedContent(
  source: Source,
  prng: Prng,
  name: string,
  old: ScheduleContent,
): ScheduleContent {
  const number = Number(old.label.split("#")[1]) + 1;
  const fresh = drawContent(source, prng, name, number);
  const rule = prng.chance(0.5) ? old.rule : fresh.rule;
  return { ...fresh, rule, to: prng.chance(0.6) ? old.to : fresh.to };
}

function drawContent(source: Source, prng: Prng, name: string, number: number): ScheduleContent {
  const rule = drawRule(source, prng);
  return {
    label: `${name}#${number}`,
    rule,
    to: drawTarget(prng, name, source.isLong),
    isLarge: prng.chance(0.2),
    missed: prng.pick(["latest", "latest", "latest", "skip", "all"]),
    maxLateMs: prng.chance(0.15) ? prng.between(120, 240) * 1_000 : undefined,
    untilMs: drawUntilMs(source, prng),
    windowMs: prng.chance(0.2) ? 30_000 : 0,
  };
}

type Zone = Pick<RulePlan, "timeZone" | "aheadMinutes">;

/** Most end soon after the faults: some worlds go on for hours, and have nothing new to show. */
function drawUntilMs({ startMs, chaosMs }: Source, prng: Prng): number | undefined {
  const luck = prng.next();
  const soonMs = startMs + prng.between(60_000, chaosMs);
  const lateMs = startMs + chaosMs + prng.between(180_000, 480_000);
  if (luck < 0.1) return soonMs;
  return luck < 0.9 ? lateMs : undefined;
}

const ZONES: readonly [Zone, ...Zone[]] = [
  { timeZone: "UTC", aheadMinutes: 0 },
  { timeZone: "Asia/Kolkata", aheadMinutes: 330 },
  { timeZone: "America/New_York", aheadMinutes: -300 },
];

function drawRule({ startMs, isLong }: Source, prng: Prng): RulePlan {
  const minutes = isLong ? 30 : prng.pick([1, 1, 2, 3, 5]);
  return {
    kind: prng.pick(["every", "cron", "fixed-times"]),
    minutes,
    offset: prng.between(0, minutes - 1),
    anchorMs: startMs - prng.between(0, 600_000),
    ...prng.pick(ZONES),
  };
}

function drawTarget(prng: Prng, name: string, isLong: boolean): ScheduleContent["to"] {
  const luck = prng.next();
  if (luck < 0.03 && !isLong) return { bucket: FORBIDDEN_BUCKET, key: name };
  if (luck < 0.07 && !isLong) return { bucket: MISSING_BUCKET, key: name };
  const key = prng.chance(0.5) ? `${name}/{occurrence}` : `${name}/target-${prng.between(1, 2)}`;
  return { bucket: prng.pick(TARGET_BUCKETS), key };
}
