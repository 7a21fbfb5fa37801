import { Readable } from "node:stream";
import { createDeadLetters, createScheduler } from "@keywhen/core";
import { type Body, type ObjectStore, ObjectStoreError } from "@keywhen/core/store";
import { faultyStore, manualClock, memoryStore } from "@keywhen/core/testing";
import { describe } from "vitest";
import { expectComplete, expectMessages, type MessageRow } from "./expect-messages.js";
import { messageTextsIn } from "./message-texts.js";

const NOON = "2026-12-24T12:00:00Z";
const to = { bucket: "out", key: "k" };
const AT = "2026-12-24T13:00Z";
const ID = "2026-12-24T13:00:00.000Z|out|k|d";

function schedulerOn(store: ObjectStore, clock = manualClock(NOON)) {
  return createScheduler({ store, bucket: "schedule", clock });
}

const plain = schedulerOn(memoryStore());
const scheduleWith = (event: object) => () => plain.schedule({ to, at: AT, ...event } as never);
const many =
  (events: unknown, options: object = {}) =>
  () =>
    plain.scheduleMany(events as never, options);
const list = (filter: unknown) => () => firstOf(plain.list(filter as never));

async function firstOf<T>(items: AsyncIterable<T>): Promise<T | undefined> {
  for await (const item of items) return item;
  return undefined;
}

const EVENTS: readonly MessageRow[] = [
  {
    what: "an event of another type",
    cause: () => plain.schedule(42 as never),
    received: "42",
    message:
      "An event must be an object (got 42). Use these properties: at, in, to, json, body, size, contentType, deliveryId, metadata, contentEncoding, cacheControl.",
  },
  {
    what: "json and body",
    cause: scheduleWith({ json: 1, body: "x" }),
    message: "The event has both json and body: leave one out.",
  },
  {
    what: "json that is missing",
    cause: scheduleWith({ json: void 0 }),
    message:
      "json is undefined, which JSON can't represent: give null, or leave json out for an empty body.",
  },
  {
    what: "json that is a function",
    cause: scheduleWith({ json: () => 1 }),
    received: "function",
    message: "json is a function, which JSON can't represent: convert it to plain values first.",
  },
  {
    what: "json with a bigint",
    cause: scheduleWith({ json: { n: 1n } }),
    received: "BigInt",
    message:
      "json can't be written as JSON (TypeError: Do not know how to serialize a BigInt): convert it to plain values first.",
  },
  {
    what: "json that contains itself",
    cause: scheduleWith({ json: circular() }),
    received: "circular structure",
    message:
      "json can't be written as JSON (TypeError: Converting circular structure to JSON): convert it to plain values first.",
  },
  {
    what: "a body that is a number",
    cause: scheduleWith({ body: 42 }),
    received: "42",
    message:
      "body must be a string, a Uint8Array, an ArrayBuffer or a ReadableStream of bytes (got 42). Give any other value as json.",
  },
  {
    what: "a body that is a Blob",
    cause: scheduleWith({ body: new Blob(["x"]) }),
    received: "a Blob",
    message:
      "body must be a string, a Uint8Array, an ArrayBuffer or a ReadableStream of bytes (got a Blob). For a Blob or File, give body: blob.stream() and size: blob.size.",
  },
  {
    what: "a body that is a Node.js stream",
    cause: scheduleWith({ body: Readable.from("x") }),
    received: "a Readable",
    message:
      "body must be a string, a Uint8Array, an ArrayBuffer or a ReadableStream of bytes (got a Readable). For a Node.js stream, give body: Readable.toWeb(stream).",
  },
  {
    what: "a body with half a character",
    cause: scheduleWith({ body: "a\ud800b" }),
    received: "index 1",
    message:
      "body contains a lone surrogate (half of a character) at index 1, which UTF-8 can't represent: remove it, or give bytes.",
  },
  {
    what: "a stream of text",
    cause: causeOf(scheduleWith({ body: streamOfText() })),
    received: '"text"',
    message: 'The body\'s stream must give bytes (got "text"): convert its chunks to Uint8Array.',
  },
  {
    what: "a size that is text",
    cause: scheduleWith({ body: "x", size: "1" }),
    received: '"1"',
    message: 'size must be a whole number of bytes (got "1").',
  },
  {
    what: "a size of other bytes",
    cause: scheduleWith({ body: "xyz", size: 4 }),
    received: "size is 4",
    message: "size is 4, but body has 3 bytes: leave size out, only streams need it.",
  },
  {
    what: "an empty content type",
    cause: scheduleWith({ contentType: "" }),
    message: "contentType is empty: leave it out.",
  },
  {
    what: "a content type that is a number",
    cause: scheduleWith({ contentType: 42 }),
    received: "42",
    message: 'contentType must be a string, such as "text/plain; charset=utf-8" (got 42).',
  },
  {
    what: "a content type with a line break",
    cause: scheduleWith({ contentType: "text/plain\n" }),
    received: '"text/plain\\n"',
    message:
      'contentType must be printable ASCII without a space at either end, such as "text/plain; charset=utf-8" (got "text/plain\\n").',
  },
  {
    what: "a chosen delivery id with a duration",
    cause: () => plain.schedule({ to, in: "1h", deliveryId: "d" }),
    message:
      'A chosen deliveryId needs "at", not "in": with "in", each call has another due instant, so repeating the call would store another event. Calculate the instant once and repeat the call with it, or leave deliveryId out.',
  },
  {
    what: "a chosen delivery id on a store without conditional puts",
    cause: () =>
      schedulerOn(memoryStore({ capabilities: { putIfAbsent: false } })).schedule({
        to,
        at: AT,
        deliveryId: "d",
      }),
    message:
      'A chosen deliveryId needs conditional puts, and this store does not have them or is not known to honor them. If it is an S3 endpoint, name its service (for example service: "ceph", or service=ceph in the store URL), or set conditionalPut: true after a test has proved it. Otherwise leave deliveryId out.',
  },
  {
    what: "a chosen delivery id of an event that has closed",
    cause: scheduleWith({ at: "2026-12-24T12:00:00Z", deliveryId: "d" }),
    received: '"d"',
    message:
      'Too late to schedule delivery id "d" for 2026-12-24T12:00:00.000Z: with a chosen deliveryId an event must be stored before 2026-12-24T12:00:00.000Z (guard). Nothing was sent. Choose a later time, or leave deliveryId out.',
  },
  {
    what: "a target that the store can't have",
    cause: () =>
      schedulerOn({
        ...memoryStore(),
        nameProblem: ({ key }) =>
          key === "k" ? "the key is in a folder that is a file" : undefined,
      }).schedule({ to, at: AT }),
    received: '"out/k"',
    message:
      'This store can\'t hold the target "out/k": the key is in a folder that is a file. Choose another bucket or key.',
  },
  {
    what: "a target in the schedule's own folder",
    cause: scheduleWith({ to: { bucket: "schedule", key: "keywhen/dead/x" } }),
    received: '"schedule/keywhen/dead/x"',
    message:
      'The target "schedule/keywhen/dead/x" is in the schedule\'s own folder (keywhen/), where no event is delivered. Choose another bucket or key.',
  },
  {
    what: "a filter's limit of 0",
    cause: list({ limit: 0 }),
    received: "0",
    message: "limit must be a whole number of at least 1 (got 0).",
  },
  {
    what: "a filter's target that is text",
    cause: list({ to: "out/k" }),
    received: '"out/k"',
    message: 'to must be { bucket, keyPrefix? } (got "out/k").',
  },
  {
    what: "a filter's target without a bucket",
    cause: list({ to: { keyPrefix: "k" } }),
    message: 'The bucket of a filter\'s "to" is empty: give its name.',
  },
  {
    what: "a filter's prefix that is a number",
    cause: list({ to: { bucket: "out", keyPrefix: 1 } }),
    received: "1",
    message: "keyPrefix must be a string (got 1).",
  },
  {
    what: "a filter's after that is no id",
    cause: list({ after: "nonsense" }),
    received: '"nonsense"',
    message: 'after must be an event\'s id, the last one of an earlier listing (got "nonsense").',
  },
  {
    what: "a move into the past",
    cause: () => plain.reschedule(ID, { at: "2026-12-24T11:00Z" }),
    received: "2026-12-24T11:00:00.000Z",
    message: "2026-12-24T11:00:00.000Z is in the past: give an instant in the future.",
  },
  {
    what: "a move to an instant too close",
    cause: () =>
      createScheduler({
        store: memoryStore(),
        bucket: "schedule",
        clock: manualClock(NOON),
        guard: "4s",
      }).reschedule(ID, { at: "2026-12-24T12:00:02Z" }),
    received: "2026-12-24T12:00:02.000Z",
    message: "2026-12-24T12:00:02.000Z is only 2 s ahead: give an instant more than 4 s ahead.",
  },
  {
    what: "a move with another body",
    cause: () => plain.reschedule(ID, { in: "1h", json: 1 } as never),
    received: "json",
    message:
      "reschedule() can't change json, only the time: cancel the event and schedule a new one.",
  },
  {
    what: "a redrive with another body",
    cause: () =>
      createDeadLetters({ store: memoryStore(), bucket: "schedule" }).redrive(ID, {
        in: "1h",
        body: "x",
      } as never),
    received: "body",
    message:
      "redrive() can't change body, only the time: schedule a new event, then purge the dead letter.",
  },
  {
    what: "a batch that is not iterable",
    cause: many({ to, at: AT }),
    received: "an object",
    message: "The events must be an iterable, such as an array (got an object).",
  },
  {
    what: "a batch without concurrency",
    cause: many([], { concurrency: 0 }),
    received: "0",
    message: "concurrency must be a whole number of at least 1 (got 0).",
  },
  {
    what: "a callback that is text",
    cause: many([], { onResult: "x" }),
    received: '"x"',
    message: 'onResult must be a function (got "x").',
  },
  {
    what: "a batch with a bad event",
    cause: many([
      { to, at: AT },
      { to, in: "10" },
    ]),
    received: '"10"',
    message:
      '1 of 2 events are not certainly stored. The first failure is index 1: KeywhenError: "10" is not a duration. Write a number and a unit (ms, s, m for minutes, h, d), for example 90s or 1.5h. Repeat the events that are not stored. Events with a chosen deliveryId can all be repeated.',
  },
  {
    what: "a batch that is aborted",
    cause: many([{ to, at: AT }], { signal: AbortSignal.abort() }),
    message:
      "The batch was aborted after 0 events were stored; 0 more are not certainly stored. Repeat the events that are not stored. Events with a chosen deliveryId can all be repeated.",
  },
  {
    what: "the overdue event of a store without a lease",
    cause: cancelOverdueWithoutLease,
    message:
      "An overdue event can't be cancelled on this store. It can't have a lease (it lacks conditional puts, or its answers carry no time), so a sweeper could deliver the event in the meantime. Cancel events before they close.",
  },
];

function circular(): object {
  const loop: { self?: object } = {};
  loop.self = loop;
  return loop;
}

/** A stream of another implementation, which gives text. */
function streamOfText(): object {
  return {
    getReader: () => ({
      read: async () => ({ done: false, value: "text" }),
      cancel: async () => {},
    }),
  };
}

/** The message of the error that caused an error. */
function causeOf(call: () => Promise<unknown>) {
  return async () => {
    try {
      return await call();
    } catch (error) {
      throw error instanceof Error ? error.cause : error;
    }
  };
}

async function cancelOverdueWithoutLease(): Promise<unknown> {
  const clock = manualClock(NOON);
  const store = memoryStore({ clock, capabilities: { putIfVersion: false } });
  const scheduler = createScheduler({ store, bucket: "schedule", clock });
  const { id } = await scheduler.schedule({ to, in: "1m" });
  await clock.advance("2m");
  return scheduler.cancel(id, { overdue: true });
}

const DATED = { capabilities: { clock: "store" } } as const;

/** A machine whose clock is ahead of the store's by `aheadMs`. */
function onWrongClock(aheadMs: number) {
  const clock = manualClock(NOON);
  const storeClock = { now: () => clock.now() - aheadMs };
  return {
    clock,
    scheduler: schedulerOn(memoryStore({ ...DATED, clock: storeClock }), clock),
    store: storeClock,
  };
}

/** A store whose answers should have a time, but don't: a proxy removes it. */
function withoutTime(): ObjectStore {
  const store = memoryStore(DATED);
  return {
    ...store,
    put: (ref, body: Body, { onDate: _, ...options } = {}) => store.put(ref, body, options),
    head: (ref, { onDate: _, ...call } = {}) => store.head(ref, call),
  };
}

async function twice(call: () => Promise<unknown>): Promise<unknown> {
  await call().catch(() => {});
  return call();
}

const NO_ANSWER = new ObjectStoreError({
  code: "unexpected",
  operation: "put",
  ...to,
  message: "the answer is empty",
});

const CLOCKS: readonly MessageRow[] = [
  {
    what: "an event in an hour by a wrong clock",
    cause: () => onWrongClock(60_000).scheduler.schedule({ to, in: "1h" }),
    received: "59.5 s ahead",
    message:
      "This machine's clock is 59.5 s ahead of the store's (an answer took 0 s), so \"in\" gave the wrong instant: the event is stored for 2026-12-24T13:00:00.000Z. Set the clock (NTP), cancel the event by this error's id, and schedule it again.",
  },
  {
    what: "another one",
    cause: () => {
      const { scheduler } = onWrongClock(60_000);
      return twice(() => scheduler.schedule({ to, in: "1h" }));
    },
    received: "59.5 s ahead",
    message:
      'This machine\'s clock is 59.5 s ahead of the store\'s (an answer took 0 s); the limit is 1.25 s, because "in" gives an instant by this machine\'s clock. Nothing was sent. Set the clock (NTP), give "at", or raise guard.',
  },
  {
    what: "an instant that has passed by the store's clock",
    cause: () => onWrongClock(-60_000).scheduler.schedule({ to, at: "2026-12-24T12:00:30Z" }),
    received: "60.5 s behind",
    message:
      "This machine's clock is 60.5 s behind the store's (an answer took 0 s), so by the store's clock 2026-12-24T12:00:30.000Z has already passed: the event is stored and due immediately. Set the clock (NTP), cancel the event by this error's id, and schedule it again.",
  },
  {
    what: "a chosen delivery id that has closed by the store's clock",
    cause: () =>
      onWrongClock(-60_000).scheduler.schedule({ to, at: "2026-12-24T12:00:30Z", deliveryId: "d" }),
    received: "60.5 s behind",
    message:
      "This machine's clock is 60.5 s behind the store's (an answer took 0 s), and by the store's clock the event for 2026-12-24T12:00:30.000Z had already closed: it may have been delivered before and now be stored a second time. Set the clock (NTP), cancel the event by this error's id, and schedule it again.",
  },
  {
    what: "a cancel by a wrong clock",
    cause: () => onWrongClock(60_000).scheduler.cancel(ID),
    received: "59.5 s ahead",
    message:
      "This machine's clock is 59.5 s ahead of the store's (an answer took 0 s); the limit is 1.25 s, so it is unknown whether the event is still open. Set the clock (NTP), or raise guard.",
  },
  {
    what: "an event in an hour if the store's answer has no time",
    cause: () => schedulerOn(withoutTime()).schedule({ to, in: "1h" }),
    message:
      'It is unknown whether "in" gave the right instant: the store\'s answer carries no readable time (the header Date). A proxy may have removed or changed it: connect to the store directly, or let the proxy pass that header on. The event is stored for 2026-12-24T13:00:00.000Z. If that is wrong, cancel it by this error\'s id, and schedule it with "at".',
  },
  {
    what: "another one without a time",
    cause: () => {
      const scheduler = schedulerOn(withoutTime());
      return twice(() => scheduler.schedule({ to, in: "1h" }));
    },
    message:
      'It is unknown whether "in" gives the right instant: the store\'s answer carries no readable time (the header Date). A proxy may have removed or changed it: connect to the store directly, or let the proxy pass that header on. Nothing was sent. You can also give "at".',
  },
  {
    what: "a cancel if the store's answer has no time",
    cause: () => schedulerOn(withoutTime()).cancel(ID),
    message:
      "It is unknown whether the event is still open, and nothing was changed: the store's answer carries no readable time (the header Date). A proxy may have removed or changed it: connect to the store directly, or let the proxy pass that header on.",
  },
  {
    what: "a put without an answer",
    cause: () =>
      schedulerOn(faultyStore(memoryStore(), { after: () => NO_ANSWER })).schedule({ to, at: AT }),
    message:
      "The event may or may not be stored: the store's answer is missing (put out/k: the answer is empty). Call get() with this error's id to see whether it waits.",
  },
  {
    what: "a put that is answered after the event has closed",
    cause: answeredLate,
    message:
      "The event may be stored a second time: the store's answer came after 2026-12-24T13:00:00.000Z, when a sweeper may already have delivered an event of this delivery id. Call get() with this error's id to see whether it waits.",
  },
];

async function answeredLate(): Promise<unknown> {
  const clock = manualClock(NOON);
  const store = memoryStore({ clock });
  const put: ObjectStore["put"] = async (...call) => {
    const answer = await store.put(...call);
    clock.set("2026-12-24T13:00:01Z");
    return answer;
  };
  return schedulerOn({ ...store, put }, clock).schedule({ to, at: AT, deliveryId: "d" });
}

describe("messages about events", () => {
  expectMessages([...EVENTS, ...CLOCKS]);
  expectComplete(
    ["scheduler", "dead-letters"].flatMap((folder) =>
      messageTextsIn(`packages/core/src/${folder}`, () => true),
    ),
    [...EVENTS, ...CLOCKS],
  );
});
