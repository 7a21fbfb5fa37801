import type { ScheduleLocation } from "@keywhen/core";
import { Activity, type ScheduleAnswer } from "../activity.js";
import type { ScheduleContent, ScheduleStep } from "../plan.js";
import { ruleOf } from "../rule-occurrences.js";
import { scheduleBodyOf } from "../schedule-body.js";
import { PENDING, ROOT } from "../schedule-keys.js";
import type { World } from "../world.js";
import type { Host } from "./host.js";

/** Takes the steps of every recurring schedule on its writers' hosts. */
export function startScheduleWriters(world: World, hosts: ReadonlyMap<string, Host>): void {
  for (const { name, steps } of world.plan.schedules) {
    for (const step of steps) {
      const host = hosts.get(step.writer);
      if (host !== undefined) world.time.at(step.atMs, () => take(world, host, name, step));
    }
  }
}

function take(world: World, host: Host, schedule: string, step: ScheduleStep): void {
  const process = host.process();
  process.reach(() => {
    const { name, kind } = step;
    const activity = new Activity(world.time.now(), { name, process, kind, schedule });
    void world.run(activity, async (home) => {
      const answer = await call(world, home, schedule, step, activity);
      activity.answer = answer;
      return answer.outcome;
    });
  });
}

async function call(
  { core, time }: World,
  home: ScheduleLocation,
  name: string,
  { kind, content }: ScheduleStep,
  activity: Activity,
): Promise<ScheduleAnswer> {
  const schedules = core.createSchedules(home);
  switch (kind) {
    case "put-schedule":
      return answerOf(await schedules.put(name, newSchedule(content)));
    case "start-schedule":
      return startByHand(home, name, content, time.now);
    case "pause-schedule":
      return answerOf(await schedules.pause(name));
    case "resume-schedule":
      return answerOf(await schedules.resume(name));
    case "skip-occurrence":
      return answerOf(await schedules.skip(name));
    case "delete-schedule":
      return answerOf(await schedules.delete(name));
    case "remove-wake-ups":
      return answerOf(await removeByHand(home, name));
    case "repair-schedule":
      return answerOf(await core.repairSchedule(home, name));
    case "trigger-schedule": {
      const triggered = await schedules.trigger(name);
      if (triggered.outcome === "triggered") activity.key = PENDING + triggered.id;
      return answerOf(triggered);
    }
  }
}

interface Answered {
  readonly outcome: string;
  readonly next?: { readonly occurrence: string } | undefined;
  readonly underWay?: { readonly occurrence: string } | undefined;
  readonly skipped?: { readonly occurrence: string } | undefined;
}

function answerOf({ outcome, next, underWay, skipped }: Answered): ScheduleAnswer {
  return {
    outcome,
    next: next?.occurrence,
    underWay: underWay?.occurrence,
    skipped: skipped?.occurrence,
  };
}

function newSchedule(content: ScheduleContent | undefined) {
  if (content === undefined) throw new Error("a step that puts a schedule has a content");
  const { rule, to, missed, maxLateMs, untilMs, windowMs } = content;
  return {
    ...ruleOf(rule),
    ...scheduleBodyOf(content),
    to,
    missed,
    ...(maxLateMs === undefined ? {} : { maxLate: `${maxLateMs / 1_000}s` as const }),
    ...(untilMs === undefined ? {} : { until: new Date(untilMs) }),
    ...(windowMs === 0 ? {} : { window: `${windowMs / 1_000}s` as const }),
  } as Parameters<ReturnType<World["core"]["createSchedules"]>["put"]>[1];
}

/**
 * A program that can't compute occurrences: its first wake-up, due within seconds, lets a sweeper find the first one. It counts
 * from the store's time, as PROTOCOL section 11.5 says.
 */
async function startByHand(
  { store, bucket, clock }: ScheduleLocation,
  name: string,
  content: ScheduleContent | undefined,
  storeNow: () => number,
): Promise<ScheduleAnswer> {
  const { rule, to, payload } = handWritten(content);
  const put = async (key: string, text: string) => {
    const condition = { if: "absent" } as const;
    const putting = store.put({ bucket, key }, new TextEncoder().encode(text), { condition });
    const answer = await Promise.race([putting, clock?.sleep(HAND_LIMIT_MS)]);
    return answer?.outcome === "written";
  };
  const wakeUpKey = (at: string, occurrence: string, token: string) => {
    const key = encodeURI(to.key.replaceAll("{occurrence}", occurrence));
    return `${PENDING}${at}|${to.bucket}|${key}|${name}@${occurrence}~${token}`;
  };
  const inMs = (ms: number) => new Date(storeNow() + ms).toISOString();
  const next = { at: inMs(FIRST_MS), occurrence: "start", token: "ghijklmn" };
  const definition = { version: 1, writeId: "by-hand", revision: "by-hand", state: "active" };
  const beganMs = storeNow();
  const isDone =
    (await put(wakeUpKey(inMs(GUARD_AHEAD_MS), "check", "nmlkjihg"), "")) &&
    storeNow() - beganMs < HAND_LIMIT_MS &&
    (await put(
      `${ROOT}/schedules/${name}`,
      JSON.stringify({ ...definition, rule, to, payload, next }),
    )) &&
    (await put(wakeUpKey(next.at, next.occurrence, next.token), ""));
  const outcome = isDone ? "started" : "undecided";
  return { outcome, next: undefined, underWay: undefined, skipped: undefined };
}

const FIRST_MS = 4_000;
const GUARD_AHEAD_MS = 300_000;
const HAND_LIMIT_MS = 20_000;

/** Removes what waits for a schedule's occurrences, and leaves it to `repair-schedule` to store that again. */
async function removeByHand(
  { store, bucket, clock }: ScheduleLocation,
  name: string,
): Promise<Answered> {
  const limited = <T>(request: Promise<T>) => Promise.race([request, clock?.sleep(HAND_LIMIT_MS)]);
  const isItsOwn = (key: string) => key.includes(`|${name}@`) && !key.includes(`|${name}@check~`);
  let startAfter = PENDING;
  for (;;) {
    const page = await limited(store.list({ bucket, prefix: PENDING, startAfter }));
    const keys = page?.objects.map(({ key }) => key) ?? [];
    const found = keys.filter(isItsOwn);
    if (found.length > 0) await limited(store.delete(bucket, found));
    startAfter = keys.at(-1) ?? startAfter;
    if (page?.more !== true) return { outcome: page === undefined ? "undecided" : "removed" };
  }
}

function handWritten(content: ScheduleContent | undefined) {
  if (content === undefined) throw new Error("a step that starts a schedule has a content");
  const { body, ...headers } = scheduleBodyOf(content);
  const base64 = Buffer.from(body).toString("base64");
  const payload = { body: { kind: "inline", base64 }, ...headers };
  return { rule: ruleOf(content.rule), to: content.to, payload };
}
