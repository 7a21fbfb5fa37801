import { type EventIdentity, type RescheduleResult, ScheduleError } from "@keywhen/core";
import { type Context, Hono } from "hono";
import type { CancelOutcome, RescheduleOutcome, ScheduleOutcome } from "../api/index.js";
import { check, idCheck, nothingCheck, scheduleCheck, whenOf } from "../checks.js";
import type { Demo } from "../demo.js";
import { eventOfId } from "../live/journal.js";
import { toEventDetails, toWaitingEvent } from "../wire.js";
import { listPage } from "./list-page.js";
import { notFound } from "./not-found.js";
import { receivePayload } from "./payload.js";
import { readWhen, smallBody } from "./read-when.js";
import { sendBody } from "./send-body.js";
import { whyOf } from "./why-of.js";

/** What waits: `/api/events`. */
export function eventRoutes(demo: Demo): Hono {
  const { scheduler, journal, guardMs } = demo;
  const idOf = (c: Context) => check(idCheck, c.req.param("id"));
  return new Hono()
    .get("/", async (c) =>
      c.json(await listPage(c, scheduler, (id) => journal.waiting.hasDelivered(id))),
    )
    .post("/", async (c) => c.json(await schedule(demo, c)))
    .get("/:id", async (c) => {
      check(nothingCheck, c.req.query());
      const event = await scheduler.get(idOf(c));
      if (event === undefined) throw notFound("event");
      return c.json(toEventDetails(event, guardMs));
    })
    .get("/:id/body", async (c) => {
      const id = idOf(c);
      const event = await scheduler.get(id);
      const stream = event && (await scheduler.open(id));
      if (stream === undefined) throw notFound("event");
      return sendBody(c, { stream, size: event?.size ?? 0, key: event?.to.key ?? "" });
    })
    .post("/:id/cancel", async (c) => c.json(await cancel(demo, idOf(c))))
    .post("/:id/reschedule", smallBody, async (c) => c.json(await reschedule(demo, c, idOf(c))));
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
    return { outcome: error.code, ...identityOf(error), ...whyOf({ error: error.cause }) };
  }
}

function identityOf({ id, at, to, deliveryId }: EventIdentity) {
  return { id, at: at.toISOString(), to, deliveryId };
}

/** Told as it was written; of a body of unknown length the store knows more. */
async function takeScheduled(
  { scheduler, journal }: Pick<Demo, "scheduler" | "journal">,
  { id, at }: EventIdentity,
  size: number | undefined,
): Promise<void> {
  const event = size === undefined ? await scheduler.get(id) : undefined;
  const known = event === undefined ? eventOfId(id, size) : toWaitingEvent(event);
  const writtenAt = new Date().toISOString();
  if (known !== undefined) journal.scheduled({ ...known, at: at.toISOString(), writtenAt });
}

async function cancel({ scheduler, journal }: Demo, id: string): Promise<CancelOutcome> {
  const cancelled = await scheduler.cancel(id);
  if (cancelled.outcome === "cancelled") journal.cancelled(id);
  if (cancelled.outcome === "too-late") {
    return { outcome: "too-late", closedAt: cancelled.closedAt.toISOString() };
  }
  if (cancelled.outcome !== "undecided") return cancelled;
  return { outcome: "undecided", ...whyOf(cancelled) };
}

async function reschedule(
  { scheduler, journal }: Demo,
  c: Context,
  id: string,
): Promise<RescheduleOutcome> {
  const when = (await readWhen(c)) ?? whenOf({});
  const old = await scheduler.get(id);
  const moved = await scheduler.reschedule(id, when);
  if (moved.outcome === "rescheduled") {
    const event = eventOfId(moved.id, old?.size ?? 0);
    if (event !== undefined)
      journal.rescheduled(id, { ...event, writtenAt: new Date().toISOString() });
  }
  return toRescheduleOutcome(moved);
}

function toRescheduleOutcome(moved: RescheduleResult): RescheduleOutcome {
  switch (moved.outcome) {
    case "rescheduled":
      return { outcome: "rescheduled", id: moved.id, at: moved.at.toISOString() };
    case "too-late":
      return { outcome: "too-late", closedAt: moved.closedAt.toISOString() };
    case "undecided":
      return { outcome: "undecided", id: moved.id, newId: moved.newId, ...whyOf(moved) };
    default:
      return moved;
  }
}
