import {
  type EventPlan,
  FORBIDDEN_BUCKET,
  MISSING_BUCKET,
  REFUSED_KEY_PART,
  type Span,
  type StepPlan,
  TARGET_BUCKETS,
} from "./plan.js";
import { type Prng, prngOf } from "./prng.js";
import { SCHEDULE_BUCKET } from "./schedule-keys.js";

interface Source extends Span {
  readonly seed: number;
  readonly writers: readonly [string, ...string[]];
  readonly chosenIds: boolean;
  /** The numbers of shards that are in use; empty without shards. */
  readonly shards: readonly number[];
}

export function planEvents(
  seed: number,
  writerNames: readonly string[],
  span: Span,
  { chosenIds, shards }: Pick<Source, "chosenIds" | "shards">,
): EventPlan[] {
  const [first = "writer-1", ...others] = writerNames;
  const source: Source = { ...span, seed, writers: [first, ...others], chosenIds, shards };
  const count = prngOf(seed, "events").between(3, 15);
  return Array.from({ length: count }, (_, index) => planEvent(source, `event-${index + 1}`));
}

function planEvent(source: Source, name: string): EventPlan {
  const { seed, startMs, chaosMs } = source;
  const prng = prngOf(seed, name);
  const dueMs = startMs + prng.between(-60_000, Math.min(chaosMs, 15 * 60_000));
  const isChosen = prng.chance(0.3) && source.chosenIds;
  const scheduledMs = prng.chance(0.8)
    ? Math.max(startMs, dueMs - prng.between(0, 120_000))
    : Math.min(startMs + chaosMs, Math.max(startMs, dueMs + prng.between(-6_000, 60_000)));
  const step = (kind: StepPlan["kind"], atMs: number, number: number): StepPlan => ({
    name: `${name}.${number}`,
    kind,
    atMs: Math.max(scheduledMs, Math.min(atMs, startMs + chaosMs)),
    writer: prng.pick(source.writers),
    newDueMs: dueMs + prng.between(-60_000, 180_000),
    ofFirstId: prng.chance(0.2),
    replacement: undefined,
  });
  const drawStep = (number: number) => {
    const kind = drawKind(prng, isChosen);
    const usualMs = drawStepMs(prng, dueMs);
    // Long enough after a sweeper's death that its lease has ended, and soon enough that no other sweeper came.
    const overdueMs = dueMs + prng.between(5_000, 150_000);
    return step(kind, kind === "cancel-overdue" ? overdueMs : usualMs, number);
  };
  const further = prng.chance(0.6) ? prng.between(1, 3) : 0;
  return {
    name,
    dueMs,
    to: drawTarget(prng, name),
    isHandWritten: !isChosen && prng.chance(0.05),
    chosenId: isChosen ? `id of ${name}` : undefined,
    expiresAfterMs: drawExpiry(prngOf(seed, `expiry of ${name}`)),
    shards: drawShards(prngOf(seed, `shards of ${name}`), source.shards, isChosen),
    steps: [
      step("schedule", scheduledMs, 1),
      ...Array.from({ length: further }, (_, index) => drawStep(index + 2)),
    ],
  };
}

/** From what a look-ahead host keeps to what an outage exceeds. */
function drawExpiry(prng: Prng): number | undefined {
  const afterMs = prng.pick([2_000, 20_000, 60_000, 120_000, 300_000]) + prng.between(0, 999);
  return prng.chance(0.25) ? afterMs : undefined;
}

/** A writer that schedules a chosen id twice uses the same number; otherwise it can be there twice. */
function drawShards(prng: Prng, numbers: readonly number[], isChosen: boolean): number | "map" {
  const [first, ...others] = numbers;
  if (first === undefined) return 0;
  if (!isChosen && prng.chance(0.6)) return "map";
  return prng.pick([0, first, ...others]);
}

function drawKind(prng: Prng, isChosen: boolean): StepPlan["kind"] {
  const luck = prng.next();
  if (isChosen && luck < 0.3) return "schedule";
  if (luck < 0.55) return "cancel";
  if (luck < 0.75) return "reschedule";
  return luck < 0.9 ? "cancel-overdue" : "redrive";
}

/** Around the instant at which an event closes, mostly. */
function drawStepMs(prng: Prng, dueMs: number): number {
  if (prng.chance(0.25)) return dueMs - 4_000 + prng.between(-500, 200);
  return prng.chance(0.4)
    ? dueMs - 4_000 + prng.between(-3_000, 3_000)
    : dueMs + prng.between(-60_000, 90_000);
}

function drawTarget(prng: Prng, name: string): EventPlan["to"] {
  const luck = prng.next();
  if (luck < 0.35) return { bucket: "inbox", key: "mailbox" }; // shared, so that order matters
  if (luck < 0.8) return { bucket: prng.pick(TARGET_BUCKETS), key: `${name}/some body.bin` };
  if (luck < 0.9) return { bucket: SCHEDULE_BUCKET, key: `delivered/${name}` };
  if (luck < 0.94) return { bucket: FORBIDDEN_BUCKET, key: name };
  if (luck < 0.97) return { bucket: MISSING_BUCKET, key: name };
  return { bucket: "inbox", key: `${REFUSED_KEY_PART}/${name}` };
}
