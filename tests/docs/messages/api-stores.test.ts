import { createScheduler, createShards, createSweeper, type NewEvent } from "@keywhen/core";
import { activeSweepers, wakeUpId } from "@keywhen/core/internal";
import { type ObjectStore, ObjectStoreError } from "@keywhen/core/store";
import { faultyStore, memoryStore } from "@keywhen/core/testing";
import { describe } from "vitest";
import { answering, EVENT, ID, to } from "./answering-store.js";
import { expectMessages, type Facts, type Messages } from "./expect-messages.js";
import { MEMORY, MEMORY_FACTS } from "./memory-store.js";
import { messageTextsIn } from "./message-texts.js";
import { ANSWERS, INFO } from "./store-answers.js";

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
  "the sender gave the event this time": {
    "its delivery had to start by ⟦2026-12-24T13:00:05.000Z⟧": () =>
      failureIn(answering({}), {}, { ...EVENT, expiresAfter: "5s" }),
  },
  "the next sweep looks again": {
    "head out/k: an earlier sweep may have delivered it, and the store does not answer whether it did, so it waits (head out/k: ⟦no connection⟧)":
      unlooked,
    "put out/k: its occurrence was delivered, but the schedule's next wake-up is not certainly stored, so this one stays (put b/k: ⟦no connection⟧)":
      uncompleted,
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
    return home.store.put(target, new Uint8Array(3), options);
  };
  return advancing({ ...home, store: { ...home.store, put } }, (other) =>
    createShards(other).setShards(4),
  );
}

function sweep(home: Home, call: object = {}) {
  return createSweeper({ ...home, allowTargets: ["*"] }).sweep(call);
}

/** What a sweep reports of its first failed event. */
async function failureIn(home: Home, call: object = {}, event: NewEvent = EVENT): Promise<unknown> {
  await createScheduler(home).schedule(event);
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
  const before = ({ kind, bucket }: { kind: string; bucket: string }) =>
    kind === "head" && bucket === "out" ? unavailable("head", to) : undefined;
  return failureIn({ ...home, store: faultyStore(home.store, { before }) });
}

/** A sweep whose first event is a wake-up that can't be completed. */
async function uncompleted(): Promise<unknown> {
  const home = answering({});
  const atMs = Date.parse("2026-12-24T13:00Z");
  const id = wakeUpId({ atMs, to, name: "d", occurrence: "o", token: "gggggggg" });
  await home.store.put({ bucket: "schedule", key: `keywhen/pending/${id}` }, new Uint8Array());
  const complete = () => Promise.reject(unavailable("put", { bucket: "b", key: "k" }));
  const wakeUps = { begin: async () => ({ delivers: true, complete }) };
  home.clock.set("2026-12-24T13:00:10Z");
  const sweeper = createSweeper({ ...home, allowTargets: ["*"], wakeUps });
  const report = await advancing(home, () => sweeper.sweep());
  return report.outcome === "swept" ? report.errors[0]?.message : report;
}

function unavailable(operation: "head" | "put", of: { bucket: string; key: string }) {
  return new ObjectStoreError({ code: "unavailable", operation, ...of, message: "no connection" });
}

const FOLDERS = ["store", "requests", "lease", "sweep", "event-table", "testing"];

describe("messages about stores", () => {
  expectMessages({
    messages: { ...ANSWERS, ...REQUESTS, ...MEMORY },
    facts: { ...REQUEST_FACTS, ...MEMORY_FACTS },
    texts: messageTextsIn(
      FOLDERS.map((folder) => `packages/core/src/${folder}`),
      (file) =>
        !/(check-sweeper-options|call-destination|destinations|event-opener)\.ts$/.test(file),
    ),
  });
});
