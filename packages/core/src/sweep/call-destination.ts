import type { Delivery, DueEvent, FailedDelivery } from "../event-table/due-event.js";
import { safeText, showValue } from "../input/show-value.js";
import { sleepUnlessAborted } from "../machine.js";
import type { DestinationEvent } from "../targets/destination.js";
import {
  type DeliveryError,
  DestinationError,
  type DestinationErrorDetails,
  isDestinationError,
} from "../targets/destination-error.js";
import { isJsonObject, type JsonObject } from "../values.js";
import type { DeliverContext } from "./deliver-event.js";
import type { NamedDestination } from "./destinations.js";
import { EventOpener } from "./event-opener.js";
import { isExpired, waitsUntilMs } from "./sweep-run.js";

/** One event on its way to its destination. */
interface Call {
  readonly context: DeliverContext;
  readonly named: NamedDestination;
  readonly event: DueEvent;
  /** An earlier sweep had tried it. Read before the call: the next listing of this sweep counts a call that is still under way. */
  readonly wasTried: boolean;
}

/** The destination wants no events for this time. */
interface SlowDown {
  readonly outcome: "slow-down";
  readonly retryAfterMs: number;
  readonly error: DestinationError;
}

/** Hands one event over to its destination, unless its next try is not due. */
export function callDestination(
  context: DeliverContext,
  named: NamedDestination,
  event: DueEvent,
): Promise<Delivery> {
  const { history } = context;
  const backsOff = !event.isFreed && history.backsOffUntilMs(event) !== undefined;
  if (backsOff) return Promise.resolve({ outcome: "backing-off" });
  return deliverByCall(context, named, event, history.mayBeDelivered(event));
}

/** Hands over an event, unless the destination finds that it was delivered. Waits with it while the destination wants none. */
export async function deliverByCall(
  context: DeliverContext,
  named: NamedDestination,
  event: DueEvent,
  mayBeRepeat: boolean,
): Promise<Delivery> {
  const { run } = context;
  const { clock } = run.schedule;
  const call = { context, named, event, wasTried: context.history.wasTried(event) };
  const looked = mayBeRepeat ? await look(call) : undefined;
  if (looked !== undefined) return looked;
  const patientUntilMs = waitsUntilMs(run, clock.monotonic());
  for (let isRepeat = mayBeRepeat; ; isRepeat = true) {
    const nowMs = run.clock.now();
    const obstacle = obstacleTo(call, nowMs);
    if (obstacle !== undefined) return obstacle;
    const calledMs = clock.monotonic();
    const tried = await tryOnce(call, isRepeat, nowMs - event.atMs);
    if (tried.outcome === "delivered") named.delivered();
    if (tried.outcome !== "slow-down") return tried;
    if (named.pause({ calledMs, nowMs: clock.monotonic() }, tried.retryAfterMs)) {
      reportPause(call, tried.error);
    }
    if (named.pausedUntilMs > patientUntilMs) return failure(call, tried.error);
    const pauseMs = named.pausedUntilMs - clock.monotonic();
    await sleepUnlessAborted(clock, pauseMs, run.shutdown.startSignal);
    if (run.shutdown.startSignal.aborted) return failure(call, tried.error);
  }
}

/** Asks the destination whether it has the event. `undefined`: it is to be delivered. */
async function look(call: Call): Promise<Delivery | undefined> {
  const { context, named, event } = call;
  const { destination } = named;
  if (destination.find === undefined) return undefined;
  try {
    const find = async (signal: AbortSignal) => destination.find?.(described(event, true), signal);
    const found = await named.call("find", event.to.key, context.run.shutdown.copySignal, find);
    return found === "found" ? { outcome: "found" } : undefined;
  } catch (caught) {
    return failed(caught as DeliveryError, { wasAsked: true }); // it may have been delivered, so it waits, however old it is
  }
}

function obstacleTo({ context, named, event }: Call, nowMs: number): Delivery | undefined {
  const { shutdown } = context.run;
  if (nowMs < event.atMs || shutdown.startSignal.aborted) return { outcome: "untried" };
  const obstacle = shutdown.obstacleToCall(named.timeoutMs);
  if (obstacle === "stopped") return { outcome: "untried" };
  if (isExpired(context.run, event)) return { outcome: "expired" };
  if (obstacle === undefined) return undefined;
  if (obstacle === "postponed") return { outcome: "postponed" };
  const [neededS, sweepS] = [named.timeoutMs / 1_000, Math.floor(obstacle.tooLong / 1_000)];
  const message = `it may take ${neededS} s, this sweep has ${sweepS} s: sweep with a later deadline, or shorten its timeout`;
  return failed(errorOf(event, { code: "interrupted", message }), { wasAsked: false });
}

async function tryOnce(
  call: Call,
  mayBeRepeat: boolean,
  latenessMs: number,
): Promise<Delivery | SlowDown> {
  const { context, named, event } = call;
  const { run } = context;
  const opener = new EventOpener(run, event);
  const { destination } = named;
  const deliver = async (signal: AbortSignal) => {
    const open = () => opener.open(signal);
    return read(event, await destination.deliver(described(event, mayBeRepeat), open, signal));
  };
  try {
    const answer = await named.call("deliver", event.to.key, run.shutdown.copySignal, deliver);
    if (answer === "delivered") return { outcome: "delivered", isRemoved: false, latenessMs };
    if (opener.isGone) return { outcome: "gone" };
    if (opener.hasExpired) return { outcome: "expired" };
    if (answer.outcome === "slow-down") return answer;
    if (answer.error.code !== "rejected") return failure(call, opener.error ?? answer.error);
    remember(call); // its move to the dead letters may fail
    const details = { wasAsked: true, wasCalled: true, deadLetterReason: "rejected" } as const;
    return failed(answer.error, details);
  } catch (caught) {
    if (opener.isGone) return { outcome: "gone" };
    if (opener.hasExpired) return { outcome: "expired" };
    return failure(call, caught as DeliveryError); // `NamedDestination.call` rejects with nothing else
  } finally {
    opener.close();
  }
}

function reportPause({ context, named }: Call, { message }: DestinationError): void {
  const { schedule, report } = context.run;
  const { clock } = schedule;
  const until = new Date(clock.now() + named.pausedUntilMs - clock.monotonic());
  report({ type: "destination-paused", destination: named.name, until, message });
}

/** Reads what a destination returned, which may be written in JavaScript. */
function read(
  event: DueEvent,
  result: unknown,
): "delivered" | SlowDown | { readonly outcome: "failed"; readonly error: DestinationError } {
  const { outcome, message, cause, undecided, retryAfterMs } = fieldsOf(result);
  const said = { message: safeText(message), cause };
  switch (outcome) {
    case "delivered":
      return outcome;
    case "slow-down": {
      const error = errorOf(event, { code: "slow-down", ...said });
      return { outcome, retryAfterMs: Number(safeText(retryAfterMs)) || 0, error };
    }
    case "rejected":
      return { outcome: "failed", error: errorOf(event, { code: "rejected", ...said }) };
    case "failed": {
      const isUndecided = undecided === true;
      const error = errorOf(event, { code: "failed", undecided: isUndecided, ...said });
      return { outcome, error };
    }
    default: {
      const shown = showValue(outcome ?? result);
      const wrong = `deliver() answered ${shown}: return { outcome: "delivered" }, or why it is not`;
      const error = errorOf(event, { code: "failed", undecided: true, message: wrong });
      return { outcome: "failed", error };
    }
  }
}

/** Nothing if they can't be read: a getter or a proxy throws. */
function fieldsOf(result: unknown): JsonObject {
  try {
    if (!isJsonObject(result)) return {};
    const { outcome, message, cause, undecided, retryAfterMs } = result;
    return { outcome, message, cause, undecided, retryAfterMs };
  } catch {
    return {};
  }
}

/** A later try may succeed, until the event has been tried for `maxAgeMs`. */
function failure(call: Call, error: DeliveryError): FailedDelivery {
  const { context, event, wasTried } = call;
  const { history, run } = context;
  remember(call);
  const isCutOff = error.code === "interrupted" || error.code === "aborted";
  const isOld = history.nowMs() - event.sinceMs >= run.options.maxAgeMs;
  const isMaxAge = !isCutOff && isOld && wasTried;
  return failed(error, {
    wasAsked: !isCutOff && isDestinationError(error),
    wasCalled: true,
    deadLetterReason: isMaxAge ? "max-age" : undefined,
  });
}

/** So that this sweeper does not call again before the event's pause is over. */
function remember({ context, event }: Call): void {
  const { history, run } = context;
  run.options.recentTries.failed(event.key, Math.max(history.nowMs(), event.sinceMs));
}

function failed(
  error: DeliveryError,
  details: Pick<FailedDelivery, "wasAsked"> & Partial<FailedDelivery>,
): FailedDelivery {
  return { outcome: "failed", error, deadLetterReason: undefined, ...details };
}

function errorOf(
  { to }: DueEvent,
  details: Pick<DestinationErrorDetails, "code" | "message"> & Partial<DestinationErrorDetails>,
): DestinationError {
  return new DestinationError({
    destination: to.bucket,
    key: to.key,
    undecided: false,
    ...details,
  });
}

function described(event: DueEvent, mayBeRepeat: boolean): DestinationEvent {
  const { id, deliveryId, to, size } = event;
  const { bucket: destination, key } = to;
  const dueAt = new Date(event.atMs);
  const expiresAt = Number.isFinite(event.expiresAtMs) ? new Date(event.expiresAtMs) : undefined;
  return { id, deliveryId, dueAt, expiresAt, destination, key, size, mayBeRepeat };
}
