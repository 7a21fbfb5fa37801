import assert from "node:assert/strict";
import { parseDuration } from "@keywhen/core";
import { bytesOf, call, type TestEvent, testEvent } from "./call.js";
import type { OpenedDestination, ReceiverAnswer } from "./opened-destination.js";

export interface DestinationProof {
  readonly proof: (opened: OpenedDestination) => Promise<void>;
  /** What the receiver must be able to do for it. */
  readonly needs?: ReceiverAnswer | undefined;
}

const DELIVERED = { outcome: "delivered" };
/** In time for a receiver on another machine. */
const SOON_MS = 2_000;
/** Long enough for an answer that must not come. */
const A_MOMENT_MS = 200;
const LONGEST_PAUSE_MS = 3_600_000;

/** For each promise of a destination a proof that throws if it is broken. */
export const PROOFS: Readonly<Record<string, DestinationProof>> = {
  "hands over the body unchanged": { proof: handsOverBody },
  "hands over the key, and the delivery id of every try": { proof: handsOverId },
  "hands over an event that was written without a delivery id": { proof: handsOverHandWritten },
  "hands over the content type and the metadata, if it passes them on": { proof: handsOverHeaders },
  "delivers several events at the same time, each with its own body": { proof: deliversTogether },
  "has not delivered what the receiver fails to take, and says why": { proof: reportsFailures },
  "says which events the receiver will never take, and why": {
    proof: reportsRejections,
    needs: "reject",
  },
  "says how long the receiver wants no events, and why": {
    proof: reportsPauses,
    needs: "slow-down",
  },
  "answers when the receiver has answered, and not before": { proof: waitsForAnswer },
  "stops soon after its signal aborts": { proof: stopsOnAbort },
  "hands over nothing if its signal has aborted": { proof: sendsNothingAborted },
  "hands over nothing if the event can't be opened": { proof: sendsNothingUnopened },
  "has not delivered an event whose body breaks off": { proof: noticesBrokenBodies },
  "delivers the next event after a failure": { proof: recovers },
  "finds what it has delivered, and nothing else, if it can be asked": { proof: findsDelivered },
  "declares a time limit and a number of deliveries in flight that a sweeper accepts": {
    proof: declaresLimits,
  },
};

async function handsOverBody(opened: OpenedDestination): Promise<void> {
  const every = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  const chunk = Uint8Array.from({ length: 65_536 }, (_, index) => (index * 31) % 251);
  for (const chunks of [[], [bytesOf('{"text":"é"}')], [every], Array(16).fill(chunk)]) {
    assert.deepEqual(await call(opened, testEvent({ chunks })), DELIVERED);
    assert.deepEqual(Buffer.from(last(opened).body), Buffer.concat(chunks));
  }
}

async function handsOverId(opened: OpenedDestination): Promise<void> {
  const key = "größe/4 2.json";
  for (const mayBeRepeat of [false, true]) {
    const event = testEvent({ key, deliveryId: "order-42/é", mayBeRepeat });
    assert.deepEqual(await call(opened, event), DELIVERED);
  }
  const seen = opened.received().map((event) => [event.key, event.deliveryId]);
  assert.equal(seen.length, 2);
  assert.deepEqual(seen[0], seen[1]);
  assert.equal(seen[0]?.[0], key);
  assert.deepEqual(await call(opened, testEvent({ key, deliveryId: "order-43/é" })), DELIVERED);
  assert.notEqual(last(opened).deliveryId, seen[0]?.[1]);
}

async function handsOverHandWritten(opened: OpenedDestination): Promise<void> {
  for (const key of ["1", "2", "1"]) {
    assert.deepEqual(await call(opened, testEvent({ key, isHandWritten: true })), DELIVERED);
  }
  const [first, second, repeat] = opened.received().map(({ deliveryId }) => deliveryId);
  assert.ok(first, "the receiver got no idempotency key: use the event's id");
  assert.notEqual(second, first);
  assert.equal(repeat, first);
}

async function handsOverHeaders(opened: OpenedDestination): Promise<void> {
  const contentType = "application/json";
  const metadata = {
    user: "42",
    traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
  };
  const event = testEvent({ contentType, metadata, chunks: [bytesOf("{}")] });
  assert.deepEqual(await call(opened, event), DELIVERED);
  const received = last(opened);
  assert.equal(received.contentType ?? contentType, contentType);
  assert.deepEqual(received.metadata ?? metadata, metadata);
}

async function deliversTogether(opened: OpenedDestination): Promise<void> {
  const names = ["a", "b", "c", "d", "e"];
  const events = names.map((key) =>
    testEvent({ key, deliveryId: `id-${key}`, chunks: [bytesOf(`body of ${key}`)] }),
  );
  const results = await Promise.all(events.map((event) => call(opened, event)));
  assert.deepEqual(
    results,
    names.map(() => DELIVERED),
  );
  const bodies = opened
    .received()
    .map(({ key, body }) => `${key}: ${new TextDecoder().decode(body)}`);
  assert.deepEqual(
    bodies.sort(),
    names.map((key) => `${key}: body of ${key}`),
  );
}

async function reportsFailures(opened: OpenedDestination): Promise<void> {
  opened.answer("fail");
  const result = await call(opened, testEvent({ chunks: [bytesOf("{}")] }));
  assert.equal(result.outcome, "failed");
  assert.ok("message" in result && result.message !== "", "the message is empty");
  assert.deepEqual(opened.received(), []);
}

async function reportsRejections(opened: OpenedDestination): Promise<void> {
  opened.answer("reject");
  const result = await call(opened, testEvent());
  assert.equal(result.outcome, "rejected");
  assert.ok("message" in result && result.message !== "", "the message is empty");
}

async function reportsPauses(opened: OpenedDestination): Promise<void> {
  opened.answer("slow-down");
  const result = await call(opened, testEvent());
  assert.equal(result.outcome, "slow-down");
  assert.ok("message" in result && result.message !== "", "the message is empty");
  const { retryAfterMs } = result as { retryAfterMs: number };
  assert.ok(
    retryAfterMs >= 0 && retryAfterMs <= LONGEST_PAUSE_MS,
    `retryAfterMs is ${retryAfterMs}`,
  );
}

async function waitsForAnswer(opened: OpenedDestination): Promise<void> {
  opened.answer("never");
  const stop = new AbortController();
  const calling = call(opened, testEvent({ chunks: [bytesOf("{}")] }), stop.signal);
  try {
    const early = await Promise.race([calling, after(A_MOMENT_MS)]);
    assert.equal(early, undefined, "it answers before the receiver does");
  } finally {
    stop.abort();
  }
}

async function stopsOnAbort(opened: OpenedDestination): Promise<void> {
  opened.answer("never");
  const stop = new AbortController();
  const calling = call(opened, testEvent({ chunks: [bytesOf("{}")] }), stop.signal);
  await after(A_MOMENT_MS);
  stop.abort(new Error("the sweep ends"));
  const result = await Promise.race([calling, after(SOON_MS)]);
  assert.ok(result !== undefined, `it goes on ${SOON_MS} ms after its signal has aborted`);
  assert.equal(result.outcome, "failed");
  assert.deepEqual(opened.received(), []);
}

async function sendsNothingAborted(opened: OpenedDestination): Promise<void> {
  const event = testEvent({ chunks: [bytesOf("{}")] });
  const open = () => Promise.reject(new Error("aborted"));
  const result = await call(opened, { ...event, open }, AbortSignal.abort());
  assert.equal(result.outcome, "failed");
  assert.deepEqual(opened.received(), []);
}

async function sendsNothingUnopened(opened: OpenedDestination): Promise<void> {
  const { event } = testEvent();
  const gone = new Error("the event is no longer in the schedule");
  const result = await call(opened, { event, open: () => Promise.reject(gone) });
  assert.equal(result.outcome, "failed");
  assert.deepEqual(opened.received(), []);
}

async function noticesBrokenBodies(opened: OpenedDestination): Promise<void> {
  const chunks = [bytesOf('{"half":')];
  const event = testEvent({ chunks, breaksOff: new Error("the connection broke") });
  const result = await call(opened, event);
  assert.equal(result.outcome, "failed");
  assert.deepEqual(opened.received(), []);
}

async function recovers(opened: OpenedDestination): Promise<void> {
  opened.answer("fail");
  await call(opened, testEvent({ chunks: [bytesOf("{}")] }));
  opened.answer("take");
  assert.deepEqual(await call(opened, testEvent({ chunks: [bytesOf("{}")] })), DELIVERED);
}

async function findsDelivered(opened: OpenedDestination): Promise<void> {
  const { destination } = opened;
  if (destination.find === undefined) return;
  const { signal } = new AbortController();
  const find = async ({ event }: TestEvent) => destination.find?.(event, signal);
  const delivered = testEvent({ deliveryId: "id-1" });
  assert.notEqual(await find(delivered), "found");
  assert.deepEqual(await call(opened, delivered), DELIVERED);
  assert.notEqual(await find(delivered), "not-found");
  const other = testEvent({ deliveryId: "id-2" }); // of the same key
  assert.notEqual(await find(other), "found");
}

async function declaresLimits({ destination }: OpenedDestination): Promise<void> {
  const { timeout, concurrency } = destination;
  if (timeout !== undefined) parseDuration(timeout);
  if (concurrency === undefined) return;
  assert.ok(Number.isInteger(concurrency) && concurrency >= 1, `concurrency is ${concurrency}`);
}

function last(opened: OpenedDestination) {
  const event = opened.received().at(-1);
  assert.ok(event !== undefined, "the receiver has nothing");
  return event;
}

function after(ms: number): Promise<undefined> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(undefined), ms);
  });
}
