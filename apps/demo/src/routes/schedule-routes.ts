import { hasCode, type ScheduleLocation } from "@keywhen/core";
import { createSchedules, type ScheduleInfo, upcomingOccurrences } from "@keywhen/recurring";
import { Hono } from "hono";
import {
  LISTED_SCHEDULES,
  type RecurringSchedule,
  type SchedulesAnswer,
} from "../api/schedules.js";
import { check, nothingCheck } from "../checks.js";
import type { Demo } from "../open-demo.js";

/** Recurring schedules: `/api/schedules`. Read-only: `keywhen every` and `keywhen schedules` change them. */
export function scheduleRoutes({ home }: Pick<Demo, "home">): Hono {
  return new Hono().get("/", async (c) => {
    check(nothingCheck, c.req.query());
    return c.json(await listSchedules(home));
  });
}

async function listSchedules(home: ScheduleLocation): Promise<SchedulesAnswer> {
  const schedules: RecurringSchedule[] = [];
  for await (const info of schedulesOf(home)) {
    if (schedules.length === LISTED_SCHEDULES) return { schedules, isMore: true };
    schedules.push(toRecurringSchedule(info));
  }
  return { schedules, isMore: false };
}

/** A store without conditional puts has none. */
async function* schedulesOf(home: ScheduleLocation): AsyncGenerator<ScheduleInfo, void> {
  try {
    yield* createSchedules(home).list();
  } catch (error) {
    if (!hasCode(error, "not-supported")) throw error;
  }
}

function toRecurringSchedule(info: ScheduleInfo): RecurringSchedule {
  const { name, state, rule, to } = info;
  return {
    name,
    state,
    ...("cron" in rule
      ? { rule: rule.cron, timeZone: rule.timeZone ?? "UTC" }
      : { rule: rule.every }),
    to: { bucket: to.bucket, key: to.key },
    next: upcomingOccurrences(info).map(({ at }) => at.toISOString()),
  };
}
