import { createScheduler, createShards, createSweeper } from "@keywhen/core";
import { activeSweepers } from "@keywhen/core/internal";
import { type ObjectStore, ObjectStoreError } from "@keywhen/core/store";
import { faultyStore, manualClock, memoryStore } from "@keywhen/core/testing";
import { describe } from "vitest";
import { expectComplete, expectMessages, type MessageRow } from "./expect-messages.js";
import { messageTextsIn } from "./message-texts.js";

const NOON = "2026-12-24T12:00:00Z";
const AT = "2026-12-24T13:00Z";
const ID = "2026-12-24T13:00:00.000Z|out|k|d";
const to = { bucket: "out", key: "k" };
const EVENT = { to, at: AT, deliveryId: "d" };
const ref = { bucket: "b", key: "k" };
const PREFIX = "keywhen/pending/";
const bytes = new Uint8Array(3);

/** A schedule on a store that answers each call of one method as given. */
function answering(answers: object) {
  const clock = manualClock(NOON);
  const store: ObjectStore = { ...memoryStore({ clock }), ...answers };
  return { store, bucket: "schedule", clock };
}

async function firstOf<T>(items: AsyncIterable<T>): Promise<T | undefined> {
  for await (const item of items) return item;
  return undefined;
}

const get = (answers: object) => () => createScheduler(answering(answers)).get(ID);
const list = (page: unknown) => () =>
  firstOf(createScheduler(answering({ list: async () => page })).list());
const readShards = (opened: unknown) => () =>
  createShards(answering({ get: async () => opened })).read();

/** Cancels an event on a store that answers a delete as given. */
const cancel = (answer: unknown) => async () => {
  const home = answering({ delete: async () => answer });
  await createScheduler(home).schedule(EVENT);
  return errorOf(await createScheduler(home).cancel(ID));
};

/** Moves an event on a store that answers a copy as given. */
const move = (answer: unknown) => async () => {
  const home = answering({ copy: async () => answer });
  await createScheduler(home).schedule(EVENT);
  return errorOf(await createScheduler(home).reschedule(ID, { at: "2026-12-24T14:00Z" }));
};

function errorOf(result: object): unknown {
  return "error" in result && result.error instanceof Error ? result.error.message : result;
}

const INFO = { size: 1, lastModified: new Date(0), version: "v", metadata: {} };
const page = (keys: readonly string[], more = false) => ({
  objects: keys.map((key) => ({ key, size: 1, lastModified: new Date(0) })),
  more,
});

const ANSWERS: readonly MessageRow[] = [
  {
    what: "a list that answers null",
    cause: list(null),
    received: "null",
    message:
      "list schedule/keywhen/pending/: the answer of the store's list() must be a page of keys (got null): correct the store",
  },
  {
    what: "a list without objects",
    cause: list({ more: false }),
    received: "undefined",
    message:
      "list schedule/keywhen/pending/: the answer of the store's list() must have an array of objects (got undefined): correct the store",
  },
  {
    what: "a list without more",
    cause: list({ objects: [] }),
    received: "undefined",
    message:
      'list schedule/keywhen/pending/: the answer of the store\'s list() must say in "more" whether more keys follow (got undefined): correct the store',
  },
  {
    what: "a list of keys alone",
    cause: list({ objects: ["k"], more: false }),
    received: "index 0",
    message:
      "list schedule/keywhen/pending/: the answer of the store's list() must have a key, a size and lastModified in each object (not so at index 0): correct the store",
  },
  {
    what: "a list of other keys",
    cause: list(page(["other/k"])),
    received: '"other/k"',
    message:
      'list schedule/keywhen/pending/: the page contains "other/k", which does not begin with the prefix "keywhen/pending/". Keep the schedule in another store, or correct this one.',
  },
  {
    what: "a list that begins before its start",
    cause: list(page([PREFIX])),
    received: `"${PREFIX}"`,
    message:
      'list schedule/keywhen/pending/: the page after "keywhen/pending/0000-01-01T00:00:00.000Z" begins with "keywhen/pending/", so the listing does not advance: the store ignores where it must start. Keep the schedule in another store, or correct this one.',
  },
  {
    what: "a list without order",
    cause: list(page([`${PREFIX}b`, `${PREFIX}a`])),
    received: `"${PREFIX}a"`,
    message:
      'list schedule/keywhen/pending/: the page contains "keywhen/pending/a" after "keywhen/pending/b", so it is not in byte order. Keep the schedule in another store, or correct this one.',
  },
  {
    what: "an empty list that goes on",
    cause: list(page([], true)),
    message:
      "list schedule/keywhen/pending/: the page is empty, but the store reports that more keys follow. Keep the schedule in another store, or correct this one.",
  },
  {
    what: "a head that answers null",
    cause: get({ head: async () => null }),
    received: "null",
    message:
      "head schedule/keywhen/pending/2026-12-24T13:00:00.000Z|out|k|d: the answer of the store's head() must be an object's information, or undefined if there is no object (got null): correct the store",
  },
  {
    what: "a head without a size",
    cause: get({ head: async () => ({ ...INFO, size: "1" }) }),
    received: '"1"',
    message:
      'head schedule/keywhen/pending/2026-12-24T13:00:00.000Z|out|k|d: the answer of the store\'s head() must have a size (got "1"): correct the store',
  },
  {
    what: "a head with a date that is text",
    cause: get({ head: async () => ({ ...INFO, lastModified: "today" }) }),
    received: '"today"',
    message:
      'head schedule/keywhen/pending/2026-12-24T13:00:00.000Z|out|k|d: the answer of the store\'s head() must have a valid date lastModified (got "today"): correct the store',
  },
  {
    what: "a head without metadata",
    cause: get({ head: async () => ({ ...INFO, metadata: null }) }),
    received: "null",
    message:
      "head schedule/keywhen/pending/2026-12-24T13:00:00.000Z|out|k|d: the answer of the store's head() must have metadata (got null): correct the store",
  },
  {
    what: "a head without a version",
    cause: get({ head: async () => ({ ...INFO, version: 7 }) }),
    received: "7",
    message:
      "head schedule/keywhen/pending/2026-12-24T13:00:00.000Z|out|k|d: the answer of the store's head() must have a version (got 7): correct the store",
  },
  {
    what: "a get whose body is text",
    cause: readShards({ ...INFO, body: "text" }),
    received: '"text"',
    message:
      'get schedule/keywhen/shards.json: the answer of the store\'s get() must have a stream as its body (got "text"): correct the store',
  },
  {
    what: "a put that answers true",
    cause: () => createScheduler(answering({ put: async () => true })).schedule(EVENT),
    received: "true",
    message:
      'The event may or may not be stored: the store\'s answer is missing (put schedule/keywhen/pending/2026-12-24T13:00:00.000Z|out|k|d: the answer of the store\'s put() must have the outcome "written" or "exists" or "changed" (got true): correct the store). Call get() with this error\'s id to see whether it waits.',
  },
  {
    what: "a copy that answers moved",
    cause: move({ outcome: "moved" }),
    received: '"moved"',
    message:
      'copy schedule/keywhen/pending/2026-12-24T14:00:00.000Z|out|k|d~01e0e35d: the answer of the store\'s copy() must have the outcome "copied" or "source-gone" (got "moved"): correct the store',
  },
  {
    what: "a delete that answers true",
    cause: cancel(true),
    received: "true",
    message:
      "delete schedule/keywhen/pending/2026-12-24T13:00:00.000Z|out|k|d: the answer of the store's delete() must be an array of results (got true): correct the store",
  },
  {
    what: "a delete that answers for no key",
    cause: cancel([]),
    received: ID,
    message:
      "delete schedule/keywhen/pending/2026-12-24T13:00:00.000Z|out|k|d: the store's answer has no result for this key: correct the store, its delete() must return one for each key",
  },
  {
    what: "a delete whose failure is another error",
    cause: cancel([{ outcome: "failed", error: new Error("x") }]),
    received: "an Error",
    message:
      "delete schedule/keywhen/pending/2026-12-24T13:00:00.000Z|out|k|d: the answer of the store's delete() must have an ObjectStoreError in each failure (got an Error): correct the store",
  },
];

const WAITS = "keywhen sends the request again";

const REQUESTS: readonly MessageRow[] = [
  {
    what: "a request that the caller aborts",
    cause: () => createScheduler(answering({})).get(ID, { signal: AbortSignal.abort() }),

    message: "get schedule/keywhen/shards.json: aborted by the caller",
    noAction: "the caller aborted",
  },
  {
    what: "a request without an answer",
    cause: () =>
      advancing(answering({ head: () => new Promise(() => {}) }), (home) =>
        createScheduler(home).get(ID),
      ),
    received: ID,
    message:
      "head schedule/keywhen/pending/2026-12-24T13:00:00.000Z|out|k|d: no answer within 10 s",
    noAction: WAITS,
  },
  {
    what: "a body that does not end",
    cause: () =>
      advancing(answering({ get: async () => ({ ...INFO, body: new ReadableStream() }) }), (home) =>
        createShards(home).read(),
      ),
    message: "get schedule/keywhen/shards.json: its body did not end within 10 s",
    noAction: WAITS,
  },
  {
    what: "a body that breaks off",
    cause: () =>
      advancing(answering({ get: async () => ({ ...INFO, body: broken() }) }), (home) =>
        createShards(home).read(),
      ),
    message: "get schedule/keywhen/shards.json: its body broke off",
    noAction: WAITS,
  },
  {
    what: "a body that the caller aborts",
    cause: abortedBody,
    message: "get schedule/keywhen/shards.json: aborted by the caller",
    noAction: "the caller aborted",
  },
  {
    what: "a version that is refused although it is the newest",
    cause: refusedVersion,
    message:
      "put schedule/keywhen/shards.json: the store refuses version 1 as outdated, but still reports it (5 tries): its conditional puts do not work. A proxy may have changed the ETags: connect to the store directly",
  },
  {
    what: "an object that exists and is not found",
    cause: () =>
      advancing(answering({ put: async () => ({ outcome: "exists" }) }), (home) =>
        createShards(home).setShards(4),
      ),
    message:
      "put schedule/keywhen/shards.json: the store reports that the object exists, but does not find it (5 tries): its conditional puts do not work. A proxy may have changed the ETags: connect to the store directly",
  },
  {
    what: "an object that others always change",
    cause: changedByOthers,
    message:
      "put schedule/keywhen/shards.json: other writers changed it during each of 10 tries: try again later",
  },
  {
    what: "a lease if the store's answer has no time",
    cause: () =>
      activeSweepers({
        ...answering({ capabilities: { ...memoryStore().capabilities, clock: "store" } }),
      }),
    message:
      "get schedule/keywhen/lease/sweep.json: the store's answer carries no readable time (the header Date), so the lease can't be used. A proxy may have removed or changed it: connect to the store directly, or let the proxy pass that header on.",
  },
  {
    what: "a sweep without a lease if the store's answer has no time",
    cause: () =>
      failureIn(
        answering({
          capabilities: { ...memoryStore().capabilities, clock: "store", putIfVersion: false },
        }),
      ),
    message:
      "list schedule/keywhen/pending/: the store's answer carries no readable time (the header Date), so this machine's clock can't be checked. A proxy may have removed or changed it: connect to the store directly, or let the proxy pass that header on.",
  },
  {
    what: "an event too large for the deadline",
    cause: tooLarge,
    received: "10000000000",
    message:
      "copy out/k: a copy of 10000000000 bytes can take 500 s, this sweep has 58 s left: sweep with a later deadline",
  },
  {
    what: "an event that can't be looked for",
    cause: unlooked,
    received: "no connection",
    message:
      "head out/k: an earlier sweep may have delivered it, and the store does not answer whether it did, so it waits (head out/k: no connection)",
    noAction: "the next sweep looks again",
  },
];

type Home = ReturnType<typeof answering>;

/** Advances the clock until a call settles. */
async function advancing<T>(home: Home, call: (home: Home) => Promise<T>): Promise<T> {
  const settled = new AbortController();
  const result = call(home).finally(() => settled.abort());
  result.catch(() => {});
  while (!settled.signal.aborted) await home.clock.advance("1s");
  return result;
}

function broken(): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull() {
      throw new Error("connection reset");
    },
  });
}

function abortedBody(): Promise<unknown> {
  const abort = new AbortController();
  const open = async () => {
    queueMicrotask(() => setImmediate(() => abort.abort()));
    return { ...INFO, body: new ReadableStream() };
  };
  return createShards(answering({ get: open })).read({ signal: abort.signal });
}

async function refusedVersion(): Promise<unknown> {
  const home = answering({});
  await createShards(home).setShards(2);
  const store = { ...home.store, put: async () => ({ outcome: "changed" }) as const };
  return advancing({ ...home, store }, (other) => createShards(other).setShards(4));
}

function changedByOthers(): Promise<unknown> {
  const home = answering({});
  const put: ObjectStore["put"] = async (target, _, options) => {
    await home.store.put(target, new TextEncoder().encode(`{"other":${Math.random()}}`));
    return home.store.put(target, bytes, options);
  };
  return advancing({ ...home, store: { ...home.store, put } }, (other) =>
    createShards(other).setShards(4),
  );
}

function sweep(home: Home, call: object = {}) {
  return createSweeper({ ...home, allowTargets: ["*"] }).sweep(call);
}

/** What a sweep reports of its first failed event. */
async function failureIn(home: Home, call: object = {}): Promise<unknown> {
  await createScheduler(home).schedule(EVENT);
  home.clock.set("2026-12-24T13:00:10Z");
  const report = await advancing(home, (one) => sweep(one, call));
  return report.outcome === "swept" ? report.errors[0]?.message : report;
}

function tooLarge(): Promise<unknown> {
  const home = answering({});
  const listing: ObjectStore["list"] = async (...call) => {
    const { objects, more } = await home.store.list(...call);
    return { objects: objects.map((one) => ({ ...one, size: 10_000_000_000 })), more };
  };
  return failureIn(
    { ...home, store: { ...home.store, list: listing } },
    { deadline: "2026-12-24T13:01:10Z" },
  );
}

function unlooked(): Promise<unknown> {
  const home = answering({ capabilities: { ...memoryStore().capabilities, putIfVersion: false } });
  const unavailable = new ObjectStoreError({
    code: "unavailable",
    operation: "head",
    ...to,
    message: "no connection",
  });
  const before = ({ kind, bucket }: { kind: string; bucket: string }) =>
    kind === "head" && bucket === "out" ? unavailable : undefined;
  return failureIn({ ...home, store: faultyStore(home.store, { before }) });
}

const memory = memoryStore({ buckets: ["b"] });
const limited = memoryStore({
  capabilities: { limits: { keyBytes: 10, bucketCharacters: 63, keySegmentCharacters: 5 } },
});
const KNOWN = "a store's answer shows a fact; the caller has the key";

const MEMORY: readonly MessageRow[] = [
  {
    what: "an empty bucket name",
    cause: () => memory.head({ bucket: "", key: "k" }),
    received: "0 characters",
    message: "head /k: the bucket's name has 0 characters; 1 to 63 are allowed",
    noAction: KNOWN,
  },
  {
    what: "a bucket that does not exist",
    cause: () => memory.put({ bucket: "c", key: "k" }, bytes),
    received: "c/k",
    message: "put c/k: the bucket does not exist: add it to the option buckets of memoryStore()",
  },
  {
    what: "a delete of too many keys",
    cause: () => memory.delete("b", Array.from({ length: 1_001 }, String)),
    received: "1001",
    message: "delete b: 1001 keys in one call; the limit is 1000: split them",
  },
  {
    what: "an empty key",
    cause: () => memory.head({ bucket: "b", key: "" }),
    message: "head b/: the key is empty",
    noAction: KNOWN,
  },
  {
    what: "a key with half a character",
    cause: () => memory.head({ bucket: "b", key: "\ud800" }),
    message: "head b/\ud800: the key contains a lone surrogate (half of a character)",
    noAction: KNOWN,
  },
  {
    what: "a key that is too long",
    cause: () => limited.head({ bucket: "b", key: "12345678901" }),
    received: "11",
    message: "head b/12345678901: the key has 11 bytes; the limit is 10",
    noAction: KNOWN,
  },
  {
    what: "a key with a part that is too long",
    cause: () => limited.head({ bucket: "b", key: "123456" }),
    received: "6",
    message: "head b/123456: a part of the key has 6 characters; the limit is 5",
    noAction: KNOWN,
  },
  {
    what: "a body of another size",
    cause: () => memory.put(ref, bytes, { size: 4 }),
    received: "3",
    message: "put b/k: the body has 3 bytes, but size is 4: correct size, or leave it out",
  },
  {
    what: "a stream that breaks off",
    cause: () => memory.put(ref, broken()),
    message: "put b/k: the body's stream failed: check what it reads from",
  },
  {
    what: "a condition that is switched off",
    cause: () =>
      memoryStore({ capabilities: { putIfAbsent: false } }).put(ref, bytes, {
        condition: { if: "absent" },
      }),
    received: "absent",
    message:
      'put b/k: the condition "absent" is switched off in the capabilities of this memoryStore()',
    noAction: "the test switched it off",
  },
];

describe("messages about stores", () => {
  const rows = [...ANSWERS, ...REQUESTS, ...MEMORY];
  expectMessages(rows);
  expectComplete(
    ["store", "requests", "lease", "sweep", "event-table", "testing"].flatMap((folder) =>
      messageTextsIn(`packages/core/src/${folder}`, (file) => file !== "create-sweeper.ts"),
    ),
    rows,
  );
});
