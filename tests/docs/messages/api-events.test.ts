import { Readable } from "node:stream";
import { createDeadLetters, createScheduler } from "@keywhen/core";
import { type Body, type ObjectStore, ObjectStoreError } from "@keywhen/core/store";
import { faultyStore, manualClock, memoryStore } from "@keywhen/core/testing";
import { describe } from "vitest";
import { expectMessages, type Messages } from "./expect-messages.js";
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
const find = (query: unknown) => () => firstOf(plain.find(query as never));

async function firstOf<T>(items: AsyncIterable<T>): Promise<T | undefined> {
  for await (const item of items) return item;
  return undefined;
}

async function replaceInTwoShards() {
  const store = memoryStore();
  for (const shard of ["", ".00"]) {
    await store.put({ bucket: "schedule", key: `keywhen/pending${shard}/${ID}` }, new Uint8Array());
  }
  const scheduler = createScheduler({
    store,
    bucket: "schedule",
    clock: manualClock(NOON),
    shards: 1,
  });
  return scheduler.reschedule(ID, { body: new Blob(["new"]).stream() });
}

const refused = (operation: "head" | "list") => async (): Promise<never> => {
  throw new ObjectStoreError({ code: "denied", operation, bucket: "b", message: "denied." });
};

/** Cancels the events of a delivery id on a store that does these calls differently. */
async function cancelAll(calls: Partial<ObjectStore>): Promise<unknown> {
  const store = memoryStore();
  await schedulerOn(store).schedule({ at: AT, to, deliveryId: "d" });
  return schedulerOn({ ...store, ...calls }).cancel({ deliveryId: "d" });
}

const EVENTS: Messages = {
  "An event must be an object (got ⟦42⟧). Use these properties: at, in, to, deliveryId, window, expiresAfter, json, body, size, contentType, metadata, contentEncoding, cacheControl.":
    () => plain.schedule(42 as never),
  "The event has both ⟦json and body⟧: leave one out.": scheduleWith({ json: 1, body: "x" }),
  'json is ⟦undefined⟧, which JSON can\'t represent: give null, or body: "" for an empty body.':
    scheduleWith({ json: void 0 }),
  "json is a ⟦function⟧, which JSON can't represent: convert it to plain values first.":
    scheduleWith({ json: () => 1 }),
  "json can't be written as JSON (TypeError: Do not know how to serialize a ⟦BigInt⟧): convert it to plain values first.":
    scheduleWith({ json: { n: 1n } }),
  "json can't be written as JSON (TypeError: Converting ⟦circular structure⟧ to JSON): convert it to plain values first.":
    scheduleWith({ json: circular() }),
  "body must be a string, a Uint8Array, an ArrayBuffer or a ReadableStream of bytes (got ⟦42⟧). Give any other value as json.":
    scheduleWith({ body: 42 }),
  "body must be a string, a Uint8Array, an ArrayBuffer or a ReadableStream of bytes (got ⟦a Blob⟧). For a Blob or File, give body: blob.stream() and size: blob.size.":
    scheduleWith({ body: new Blob(["x"]) }),
  "body must be a string, a Uint8Array, an ArrayBuffer or a ReadableStream of bytes (got ⟦a Readable⟧). For a Node.js stream, give body: Readable.toWeb(stream).":
    scheduleWith({ body: Readable.from("x") }),
  "body contains a lone surrogate (half of a character) at ⟦index 1⟧, which UTF-8 can't represent: remove it, or give bytes.":
    scheduleWith({ body: "a\ud800b" }),
  'The body\'s stream must give bytes (got ⟦"text"⟧): convert its chunks to Uint8Array.': causeOf(
    scheduleWith({ body: streamOfText() }),
  ),
  'size must be a whole number of bytes (got ⟦"1"⟧).': scheduleWith({ body: "x", size: "1" }),
  "⟦size is 4⟧, but body has 3 bytes: leave size out, only streams need it.": scheduleWith({
    body: "xyz",
    size: 4,
  }),
  "⟦contentType⟧ is empty: leave it out.": scheduleWith({ contentType: "" }),
  'contentType must be a string, such as "text/plain; charset=utf-8" (got ⟦42⟧).': scheduleWith({
    contentType: 42,
  }),
  'contentType must be printable ASCII without a space at either end, such as "text/plain; charset=utf-8" (got ⟦"text/plain\\n"⟧).':
    scheduleWith({ contentType: "text/plain\n" }),
  'A chosen deliveryId needs ⟦"at"⟧, not "in": with "in", each call has another due instant, so repeating the call would store another event. Calculate the instant once and repeat the call with it, or leave deliveryId out.':
    () => plain.schedule({ to, in: "1h", deliveryId: "d" }),
  'A chosen deliveryId needs conditional puts, and this store does not have them or is not known to honor them. If it is an S3 endpoint, name its service (for example service: ⟦"ceph"⟧, or service=ceph in the store URL), or set conditionalPut: true after a test has proved it. Otherwise leave deliveryId out.':
    () =>
      schedulerOn(memoryStore({ capabilities: { putIfAbsent: false } })).schedule({
        to,
        at: AT,
        deliveryId: "d",
      }),
  'Too late to schedule delivery id ⟦"d"⟧ for 2026-12-24T12:00:00.000Z: with a chosen deliveryId an event must be stored before 2026-12-24T12:00:00.000Z (guard). Nothing was sent. Choose a later time, or leave deliveryId out.':
    scheduleWith({ at: "2026-12-24T12:00:00Z", deliveryId: "d" }),
  'This store can\'t hold the target ⟦"out/k"⟧: the key is in a folder that is a file. Choose another bucket or key.':
    () =>
      schedulerOn({
        ...memoryStore(),
        nameProblem: ({ key }) =>
          key === "k" ? "the key is in a folder that is a file" : undefined,
      }).schedule({ to, at: AT }),
  'The target ⟦"schedule/keywhen/dead/x"⟧ is in the schedule\'s own folder (keywhen/), where no event is delivered. Choose another bucket or key.':
    scheduleWith({ to: { bucket: "schedule", key: "keywhen/dead/x" } }),
  "limit must be a whole number of at least 1 (got ⟦0⟧).": list({ limit: 0 }),
  'to must be { bucket, keyPrefix? } (got ⟦"out/k"⟧).': list({ to: "out/k" }),
  'The ⟦bucket of "to"⟧ is empty: give its name.': [
    list({ to: { keyPrefix: "k" } }),
    find({ to: { keyPrefix: "k" } }),
  ],
  "A query must have exactly one of deliveryId, deliveryIdPrefix and to (got ⟦none of them⟧).":
    find({}),
  "A query must have exactly one of deliveryId, deliveryIdPrefix and to (got ⟦deliveryId and to⟧).":
    find({ deliveryId: "d", to: { bucket: "out" } }),
  "onProgress must be a function (got ⟦true⟧).": () =>
    firstOf(plain.find({ deliveryId: "d" }, { onProgress: true } as never)),
  '⟦reschedule() of a group⟧ has no option "json". Use one of these: at, in.': () =>
    plain.reschedule({ deliveryId: "d" }, { at: AT, json: 1 } as never),
  "1 of 1 events failed. The first is ⟦2026-12-24T13:00:00.000Z|out|k|d⟧: ObjectStoreError: head b: denied. Repeat the call: it finds the events that are left.":
    () => cancelAll({ head: refused("head") }),
  "The search ended early: ⟦ObjectStoreError: list b: denied.⟧ Before that, 0 events had an outcome and 0 failed. Repeat the call: it finds the events that are left.":
    () => cancelAll({ list: refused("list") }),
  'deliveryIdPrefix must be a string that is not empty, such as order-42/ (got ⟦""⟧).': find({
    deliveryIdPrefix: "",
  }),
  "keyPrefix must be a string (got ⟦1⟧).": list({ to: { bucket: "out", keyPrefix: 1 } }),
  'after must be an event\'s id, the last one of an earlier listing (got ⟦"nonsense"⟧).': list({
    after: "nonsense",
  }),
  "⟦2026-12-24T11:00:00.000Z⟧ is in the past: give an instant in the future.": () =>
    plain.reschedule(ID, { at: "2026-12-24T11:00Z" }),
  "⟦2026-12-24T12:00:02.000Z⟧ is only 2 s ahead: give an instant more than 4 s ahead.": () =>
    createScheduler({
      store: memoryStore(),
      bucket: "schedule",
      clock: manualClock(NOON),
      guard: "4s",
    }).reschedule(ID, { at: "2026-12-24T12:00:02Z" }),
  "The event waits in ⟦more than one shard⟧, and a stream can be sent only once: repeat the call with the body as bytes.":
    replaceInTwoShards,
  "reschedule() can't change ⟦to⟧: cancel the event and schedule a new one.": () =>
    plain.reschedule(ID, { in: "1h", to: { bucket: "b", key: "k" } } as never),
  "reschedule() can change ⟦contentType⟧ only together with the body: give json or body, too.":
    () => plain.reschedule(ID, { contentType: "text/plain" } as never),
  "redrive() can't change ⟦body⟧, only the time: schedule a new event, then purge the dead letter.":
    () =>
      createDeadLetters({ store: memoryStore(), bucket: "schedule" }).redrive(ID, {
        in: "1h",
        body: "x",
      } as never),
  "The events must be an iterable, such as an array (got ⟦an object⟧).": many({ to, at: AT }),
  "concurrency must be a whole number of at least 1 (got ⟦0⟧).": many([], { concurrency: 0 }),
  'onResult must be a function (got ⟦"x"⟧).': many([], { onResult: "x" }),
  '1 of 2 events are not certainly stored. The first failure is index 1: KeywhenError: ⟦"10"⟧ is not a duration. Write a number and a unit (ms, s, m for minutes, h, d), for example 90s or 1.5h. Repeat the events that are not stored. Events with a chosen deliveryId can all be repeated.':
    many([
      { to, at: AT },
      { to, in: "10" },
    ]),
  "The batch was ⟦aborted after 0 events⟧ were stored; 0 more are not certainly stored. Repeat the events that are not stored. Events with a chosen deliveryId can all be repeated.":
    many([{ to, at: AT }], { signal: AbortSignal.abort() }),
  "An ⟦overdue event⟧ can't be cancelled on this store. It can't have a lease (it lacks conditional puts, or its answers carry no time), so a sweeper could deliver the event in the meantime. Cancel events before they close.":
    cancelOverdueWithoutLease,
};

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

const CLOCKS: Messages = {
  "This machine's clock is ⟦59.5 s ahead⟧ of the store's (an answer took 0 s), so \"in\" gave the wrong instant: the event is stored for 2026-12-24T13:00:00.000Z. Set the clock (NTP), cancel the event by this error's id, and schedule it again.":
    () => onWrongClock(60_000).scheduler.schedule({ to, in: "1h" }),
  'This machine\'s clock is ⟦59.5 s ahead⟧ of the store\'s (an answer took 0 s); the limit is 1.25 s, because "in" gives an instant by this machine\'s clock. Nothing was sent. Set the clock (NTP), give "at", or raise guard.':
    () => {
      const { scheduler } = onWrongClock(60_000);
      return twice(() => scheduler.schedule({ to, in: "1h" }));
    },
  "This machine's clock is ⟦60.5 s behind⟧ the store's (an answer took 0 s), so by the store's clock 2026-12-24T12:00:30.000Z has already passed: the event is stored and due immediately. Set the clock (NTP), cancel the event by this error's id, and schedule it again.":
    () => onWrongClock(-60_000).scheduler.schedule({ to, at: "2026-12-24T12:00:30Z" }),
  "This machine's clock is ⟦60.5 s behind⟧ the store's (an answer took 0 s), and by the store's clock the event for 2026-12-24T12:00:30.000Z had already closed: it may have been delivered before and now be stored a second time. Set the clock (NTP), cancel the event by this error's id, and schedule it again.":
    () =>
      onWrongClock(-60_000).scheduler.schedule({ to, at: "2026-12-24T12:00:30Z", deliveryId: "d" }),
  "This machine's clock is ⟦59.5 s ahead⟧ of the store's (an answer took 0 s); the limit is 1.25 s, so it is unknown whether the event is still open. Set the clock (NTP), or raise guard.":
    () => onWrongClock(60_000).scheduler.cancel(ID),
  'It is unknown whether ⟦"in"⟧ gave the right instant: the store\'s answer carries no readable time (the header Date). A proxy may have removed or changed it: connect to the store directly, or let the proxy pass that header on. The event is stored for 2026-12-24T13:00:00.000Z. If that is wrong, cancel it by this error\'s id, and schedule it with "at".':
    () => schedulerOn(withoutTime()).schedule({ to, in: "1h" }),
  'It is unknown whether ⟦"in"⟧ gives the right instant: the store\'s answer carries no readable time (the header Date). A proxy may have removed or changed it: connect to the store directly, or let the proxy pass that header on. Nothing was sent. You can also give "at".':
    () => {
      const scheduler = schedulerOn(withoutTime());
      return twice(() => scheduler.schedule({ to, in: "1h" }));
    },
  "It is unknown ⟦whether the event is still open⟧, and nothing was changed: the store's answer carries no readable time (the header Date). A proxy may have removed or changed it: connect to the store directly, or let the proxy pass that header on.":
    () => schedulerOn(withoutTime()).cancel(ID),
  "The event may or may not be stored: ⟦the store's answer is missing⟧ (put out/k: the answer is empty). Call get() with this error's id to see whether it waits.":
    () =>
      schedulerOn(faultyStore(memoryStore(), { after: () => NO_ANSWER })).schedule({ to, at: AT }),
  "The event may be stored a second time: the store's answer ⟦came after 2026-12-24T13:00:00.000Z⟧, when a sweeper may already have delivered an event of this delivery id. Call get() with this error's id to see whether it waits.":
    answeredLate,
};

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
  expectMessages({
    messages: { ...EVENTS, ...CLOCKS },
    texts: messageTextsIn(["packages/core/src/scheduler", "packages/core/src/dead-letters"]),
  });
});
