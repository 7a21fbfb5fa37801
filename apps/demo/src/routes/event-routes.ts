import { type RescheduleResult, ScheduleError, type ScheduleResult } from "@keywhen/core";
import { type Context, Hono } from "hono";
import type {
  CancelOutcome,
  EventPage,
  RescheduleOutcome,
  ScheduleOutcome,
} from "../api/events.js";
import { notFound, whyOf } from "../api-failure.js";
import {
  check,
  idCheck,
  nothingCheck,
  readWhen,
  scheduleCheck,
  smallBody,
  whenOf,
} from "../checks.js";
import type { Demo } from "../open-demo.js";
import { toEventDetails, toWaitingEvent, writtenEvent } from "../wire.js";
import { listPage } from "./list-page.js";
import { receivePayload } from "./payload.js";
import { sendBodyOf } from "./send-body.js";

/** Waiting events: `/api/events`. */
export function eventRoutes(demo: Demo): Hono {
  const { scheduler, guardMs } = demo;
  const idOf = (c: Context) => check(idCheck, c.req.param("id"));
  return new Hono()
    .get("/", async (c) => c.json(await waitingPage(demo, c)))
    .post("/", async (c) => c.json(await schedule(demo, c)))
    .get("/:id", async (c) => {
      check(nothingCheck, c.req.query());
      const event = await scheduler.get(idOf(c));
      if (event === undefined) throw notFound("event");
      return c.json(toEventDetails(event, guardMs));
    })
    .get("/:id/body", (c) => sendBodyOf(c, scheduler, idOf(c), "event"))
    .post("/:id/cancel", async (c) => c.json(await cancel(demo, idOf(c))))
    .post("/:id/reschedule", smallBody, async (c) => c.json(await reschedule(demo, c, idOf(c))));
}

async function waitingPage(
  { scheduler, recorder, obstacles }: Demo,
  c: Context,
): Promise<EventPage> {
  const page = await listPage(c, scheduler, (id) => recorder.waiting.hasDelivered(id));
  const events = page.events.map((event) => ({ ...event, obstacle: obstacles.get(event.id) }));
  return { ...page, events };
}

async function schedule(demo: Demo, c: Context): Promise<ScheduleOutcome> {
  const { scheduler } = demo;
  const { bucket, key, metadata, deliveryId, ...given } = check(scheduleCheck, c.req.query());
  const when = whenOf(given);
  const { body, size, contentType, guard } = receivePayload(c);
  const event = { ...when, to: { bucket, key }, body, size, contentType, metadata, deliveryId };
  try {
    const scheduled = await guard(scheduler.schedule(event));
    if (scheduled.outcome === "scheduled") await takeScheduled(demo, scheduled, size);
    return { outcome: scheduled.outcome, ...identityOf(scheduled) };
  } catch (error) {
    if (!(error instanceof ScheduleError) || error.code === "clock-skew") throw error;
    return { outcome: error.code, ...identityOf(error), why: whyOf({ error: error.cause }) };
  }
}

function identityOf({ id, at, to, deliveryId }: ScheduleResult | ScheduleError) {
  return { id, at: at.toISOString(), to, deliveryId };
}

/** Only the store knows the size of a body without a length. */
async function takeScheduled(
  { scheduler, recorder }: Demo,
  { id }: ScheduleResult,
  size: number | undefined,
): Promise<void> {
  const event = size === undefined ? await scheduler.get(id) : undefined;
  const known = event === undefined ? writtenEvent(id, size) : toWaitingEvent(event);
  if (known !== undefined) recorder.scheduled(known);
}

async function cancel({ scheduler, recorder }: Demo, id: string): Promise<CancelOutcome> {
  const cancelled = await scheduler.cancel(id);
  const { outcome } = cancelled;
  if (outcome === "cancelled") recorder.cancelled(id);
  if (outcome === "too-late") return { outcome, closedAt: cancelled.closedAt.toISOString() };
  return outcome === "undecided" ? { outcome, why: whyOf(cancelled) } : cancelled;
}

async function reschedule(
  { scheduler, recorder }: Demo,
  c: Context,
  id: string,
): Promise<RescheduleOutcome> {
  const when = (await readWhen(c)) ?? whenOf({});
  const old = await scheduler.get(id);
  const moved = await scheduler.reschedule(id, when);
  const event = moved.outcome === "rescheduled" ? writtenEvent(moved.id, old?.size) : undefined;
  if (event !== undefined) recorder.rescheduled(id, event);
  return toRescheduleOutcome(moved);
}

function toRescheduleOutcome(moved: RescheduleResult): RescheduleOutcome {
  const { outcome } = moved;
  switch (outcome) {
    case "rescheduled":
      return { outcome, id: moved.id, at: moved.at.toISOString() };
    case "too-late":
      return { outcome, closedAt: moved.closedAt.toISOString() };
    case "undecided":
      return { outcome, id: moved.id, newId: moved.newId, why: whyOf(moved) };
    default:
      return moved;
  }
}
