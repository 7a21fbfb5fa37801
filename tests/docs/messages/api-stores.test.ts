import { createScheduler, createShards, createSweeper } from "@keywhen/core";
import { activeSweepers } from "@keywhen/core/internal";
import { type ObjectStore, ObjectStoreError } from "@keywhen/core/store";
import { faultyStore, manualClock, memoryStore } from "@keywhen/core/testing";
import { describe } from "vitest";
import { expectMessages, type Facts, type Messages } from "./expect-messages.js";
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

const ANSWERS: Messages = {
  "list schedule/keywhen/pending/: the answer of the store's list() must be a page of keys (got ⟦null⟧): correct the store":
    list(null),
  "list schedule/keywhen/pending/: the answer of the store's list() must have an array of objects (got ⟦undefined⟧): correct the store":
    list({ more: false }),
  'list schedule/keywhen/pending/: the answer of the store\'s list() must say in "more" whether more keys follow (got ⟦undefined⟧): correct the store':
    list({ objects: [] }),
  "list schedule/keywhen/pending/: the answer of the store's list() must have a key, a size and lastModified in each object (not so at ⟦index 0⟧): correct the store":
    list({ objects: ["k"], more: false }),
  'list schedule/keywhen/pending/: the page contains ⟦"other/k"⟧, which does not begin with the prefix "keywhen/pending/". Keep the schedule in another store, or correct this one.':
    list(page(["other/k"])),
  'list schedule/keywhen/pending/: the page after "keywhen/pending/0000-01-01T00:00:00.000Z" begins with ⟦"keywhen/pending/"⟧, so the listing does not advance: the store ignores where it must start. Keep the schedule in another store, or correct this one.':
    list(page([PREFIX])),
  'list schedule/keywhen/pending/: the page contains ⟦"keywhen/pending/a"⟧ after "keywhen/pending/b", so it is not in byte order. Keep the schedule in another store, or correct this one.':
    list(page([`${PREFIX}b`, `${PREFIX}a`])),
  "list ⟦schedule/keywhen/pending/⟧: the page is empty, but the store reports that more keys follow. Keep the schedule in another store, or correct this one.":
    list(page([], true)),
  "head schedule/keywhen/pending/2026-12-24T13:00:00.000Z|out|k|d: the answer of the store's head() must be an object's information, or undefined if there is no object (got ⟦null⟧): correct the store":
    get({ head: async () => null }),
  'head schedule/keywhen/pending/2026-12-24T13:00:00.000Z|out|k|d: the answer of the store\'s head() must have a size (got ⟦"1"⟧): correct the store':
    get({ head: async () => ({ ...INFO, size: "1" }) }),
  'head schedule/keywhen/pending/2026-12-24T13:00:00.000Z|out|k|d: the answer of the store\'s head() must have a valid date lastModified (got ⟦"today"⟧): correct the store':
    get({ head: async () => ({ ...INFO, lastModified: "today" }) }),
  "head schedule/keywhen/pending/2026-12-24T13:00:00.000Z|out|k|d: the answer of the store's head() must have metadata (got ⟦null⟧): correct the store":
    get({ head: async () => ({ ...INFO, metadata: null }) }),
  "head schedule/keywhen/pending/2026-12-24T13:00:00.000Z|out|k|d: the answer of the store's head() must have a version (got ⟦7⟧): correct the store":
    get({ head: async () => ({ ...INFO, version: 7 }) }),
  'get schedule/keywhen/shards.json: the answer of the store\'s get() must have a stream as its body (got ⟦"text"⟧): correct the store':
    readShards({ ...INFO, body: "text" }),
  'The event may or may not be stored: the store\'s answer is missing (put schedule/keywhen/pending/2026-12-24T13:00:00.000Z|out|k|d: the answer of the store\'s put() must have the outcome "written" or "exists" or "changed" (got ⟦true⟧): correct the store). Call get() with this error\'s id to see whether it waits.':
    () => createScheduler(answering({ put: async () => true })).schedule(EVENT),
  'copy schedule/keywhen/pending/2026-12-24T14:00:00.000Z|out|k|d~01e0e35d: the answer of the store\'s copy() must have the outcome "copied" or "source-gone" (got ⟦"moved"⟧): correct the store':
    move({ outcome: "moved" }),
  "delete schedule/keywhen/pending/2026-12-24T13:00:00.000Z|out|k|d: the answer of the store's delete() must be an array of results (got ⟦true⟧): correct the store":
    cancel(true),
  "delete schedule/keywhen/pending/⟦2026-12-24T13:00:00.000Z|out|k|d⟧: the store's answer has no result for this key: correct the store, its delete() must return one for each key":
    cancel([]),
  "delete schedule/keywhen/pending/2026-12-24T13:00:00.000Z|out|k|d: the answer of the store's delete() must have an ObjectStoreError in each failure (got ⟦an Error⟧): correct the store":
    cancel([{ outcome: "failed", error: new Error("x") }]),
};

const REQUESTS: Messages = {
  "put ⟦schedule/keywhen/shards.json⟧: the store refuses version 1 as outdated, but still reports it (5 tries): its conditional puts do not work. A proxy may have changed the ETags: connect to the store directly":
    refusedVersion,
  "put ⟦schedule/keywhen/shards.json⟧: the store reports that the object exists, but does not find it (5 tries): its conditional puts do not work. A proxy may have changed the ETags: connect to the store directly":
    () =>
      advancing(answering({ put: async () => ({ outcome: "exists" }) }), (home) =>
        createShards(home).setShards(4),
      ),
  "put ⟦schedule/keywhen/shards.json⟧: other writers changed it during each of 10 tries: try again later":
    changedByOthers,
  "get ⟦schedule/keywhen/lease/sweep.json⟧: the store's answer carries no readable time (the header Date), so the lease can't be used. A proxy may have removed or changed it: connect to the store directly, or let the proxy pass that header on.":
    () =>
      activeSweepers({
        ...answering({ capabilities: { ...memoryStore().capabilities, clock: "store" } }),
      }),
  "list ⟦schedule/keywhen/pending/⟧: the store's answer carries no readable time (the header Date), so this machine's clock can't be checked. A proxy may have removed or changed it: connect to the store directly, or let the proxy pass that header on.":
    () =>
      failureIn(
        answering({
          capabilities: { ...memoryStore().capabilities, clock: "store", putIfVersion: false },
        }),
      ),
  "copy out/k: a copy of ⟦10000000000⟧ bytes can take 500 s, this sweep has 58 s left: sweep with a later deadline":
    tooLarge,
};

const REQUEST_FACTS: Facts = {
  "the caller aborted": {
    "get ⟦schedule/keywhen/shards.json⟧: aborted by the caller": [
      () => createScheduler(answering({})).get(ID, { signal: AbortSignal.abort() }),
      abortedBody,
    ],
  },
  "keywhen sends the request again": {
    "head schedule/keywhen/pending/⟦2026-12-24T13:00:00.000Z|out|k|d⟧: no answer within 10 s": () =>
      advancing(answering({ head: () => new Promise(() => {}) }), (home) =>
        createScheduler(home).get(ID),
      ),
    "get ⟦schedule/keywhen/shards.json⟧: its body did not end within 10 s": () =>
      advancing(answering({ get: async () => ({ ...INFO, body: new ReadableStream() }) }), (home) =>
        createShards(home).read(),
      ),
    "get ⟦schedule/keywhen/shards.json⟧: its body broke off": () =>
      advancing(answering({ get: async () => ({ ...INFO, body: broken() }) }), (home) =>
        createShards(home).read(),
      ),
  },
  "the next sweep looks again": {
    "head out/k: an earlier sweep may have delivered it, and the store does not answer whether it did, so it waits (head out/k: ⟦no connection⟧)":
      unlooked,
  },
};

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

const MEMORY: Messages = {
  "put ⟦c/k⟧: the bucket does not exist: add it to the option buckets of memoryStore()": () =>
    memory.put({ bucket: "c", key: "k" }, bytes),
  "delete b: ⟦1001⟧ keys in one call; the limit is 1000: split them": () =>
    memory.delete("b", Array.from({ length: 1_001 }, String)),
  "put b/k: the body has ⟦3⟧ bytes, but size is 4: correct size, or leave it out": () =>
    memory.put(ref, bytes, { size: 4 }),
  "put ⟦b/k⟧: the body's stream failed: check what it reads from": () => memory.put(ref, broken()),
};

const MEMORY_FACTS: Facts = {
  "a store's answer shows a fact; the caller has the key": {
    "head /k: the bucket's name has ⟦0 characters⟧; 1 to 63 are allowed": () =>
      memory.head({ bucket: "", key: "k" }),
    "head ⟦b/⟧: the key is empty": () => memory.head({ bucket: "b", key: "" }),
    "head ⟦b/\ud800⟧: the key contains a lone surrogate (half of a character)": () =>
      memory.head({ bucket: "b", key: "\ud800" }),
    "head b/12345678901: the key has ⟦11⟧ bytes; the limit is 10": () =>
      limited.head({ bucket: "b", key: "12345678901" }),
    "head b/123456: a part of the key has ⟦6⟧ characters; the limit is 5": () =>
      limited.head({ bucket: "b", key: "123456" }),
  },
  "the test switched it off": {
    'put b/k: the condition "⟦absent⟧" is switched off in the capabilities of this memoryStore()':
      () =>
        memoryStore({ capabilities: { putIfAbsent: false } }).put(ref, bytes, {
          condition: { if: "absent" },
        }),
  },
};

const FOLDERS = ["store", "requests", "lease", "sweep", "event-table", "testing"];

describe("messages about stores", () => {
  expectMessages({
    messages: { ...ANSWERS, ...REQUESTS, ...MEMORY },
    facts: { ...REQUEST_FACTS, ...MEMORY_FACTS },
    texts: messageTextsIn(
      FOLDERS.map((folder) => `packages/core/src/${folder}`),
      (file) => !file.endsWith("create-sweeper.ts"),
    ),
  });
});
