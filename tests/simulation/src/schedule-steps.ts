import {
  type Plan,
  type RulePlan,
  type ScheduleContent,
  type SchedulePlan,
  type ScheduleStep,
  TARGET_BUCKETS,
} from "./plan.js";
import { type Prng, prngOf } from "./prng.js";
import { occurrenceAfter } from "./rule-occurrences.js";

const MINUTE_MS = 60_000;

/** Adds steps to a schedule that has been put. */
export interface Draft {
  readonly add: (kind: ScheduleStep["kind"], atMs: number, content?: ScheduleContent) => void;
  /** The next occurrence after the one before. */
  readonly dueMs: () => number;
  /** The content so far with another target and body. */
  readonly change: (part?: Partial<ScheduleContent>) => ScheduleContent;
}

/** The schedule with other steps after its first one, which puts it soon. */
export function withSteps(
  { seed, startMs, writers }: Plan,
  { name, steps: [put] }: SchedulePlan,
  part: Partial<ScheduleContent>,
  draft: (steps: Draft) => void,
): SchedulePlan {
  if (put?.content === undefined) return { name, steps: [] };
  const prng = prngOf(seed, `steps of ${name}`);
  let content: ScheduleContent = { ...put.content, ...part };
  let labels = 1;
  let dueMs = startMs + 30_000;
  const first = { ...put, kind: "put-schedule", atMs: startMs + prng.between(0, 2_000), content };
  const steps: ScheduleStep[] = [first as ScheduleStep];
  draft({
    dueMs() {
      dueMs = occurrenceAfter(content.rule, dueMs).atMs;
      return dueMs;
    },
    change(changed = {}) {
      labels += 1;
      const key = `${name}/target-${labels}`;
      const to = { bucket: prng.pick(TARGET_BUCKETS), key };
      const isLarge = prng.chance(0.5);
      content = { ...content, label: `${name}#${labels}`, to, isLarge, ...changed };
      return content;
    },
    add(kind, atMs, of) {
      const writer = writers[prng.between(0, writers.length - 1)]?.name ?? put.writer;
      steps.push({ name: `${name}.${steps.length + 1}`, kind, atMs, writer, content: of });
    },
  });
  return { name, steps };
}

/** A schedule that has an occurrence in each minute, until long after the faults. */
export function everyMinute({ startMs }: Plan, prng: Prng): Partial<ScheduleContent> {
  const rule = {
    kind: prng.pick<RulePlan["kind"]>(["every", "cron", "fixed-times"]),
    minutes: 1,
    offset: 0,
    anchorMs: 0,
    timeZone: "UTC",
    aheadMinutes: 0,
  };
  const untilMs = startMs + 25 * MINUTE_MS;
  return { rule, missed: "latest", maxLateMs: undefined, untilMs, windowMs: 0 };
}
