import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { ObjectStore, ObjectStoreError, RequestOptions } from "@keywhen/core/store";
import { answeredAtFirstEnd, answerTogether } from "./answered-together.js";
import type { AnswerHandler, AnsweringServer, SpokenAnswer } from "./answering-server.js";
import { ENDING_WITH_PARENT } from "./ending-with-parent.js";
import { MEBIBYTE } from "./many-bytes.js";
import { MISLEADING_BUCKETS, refusalsOf } from "./misleading-buckets.js";
import { storeErrorOf } from "./store-operations.js";
import type { AnswerCase } from "./unconfirmed-answers.js";
import { errorAt, mistakesIn, REACHING, WRONG_ENDPOINTS } from "./wrong-endpoints.js";

export interface AdapterUnderTest {
  /** A store on a server with these answers, until the test ends. */
  readonly onWire: (
    handler: AnswerHandler,
  ) => Promise<{ readonly store: ObjectStore } & Pick<AnsweringServer, "requests" | "connections">>;
  readonly storeAt: (server: { readonly endpoint: string }) => ObjectStore;
  /** Calls that throw when their first request fails. */
  readonly calls: Readonly<
    Record<string, (store: ObjectStore, call?: RequestOptions) => Promise<unknown>>
  >;
  readonly busy: SpokenAnswer;
  /** Answers the requests of one `get` with this body. */
  readonly objectWith: (body: SpokenAnswer) => AnswerHandler;
  readonly answerCases: readonly AnswerCase[];
  /** A script that calls `runLargeUpload`. */
  readonly largeStream: URL | undefined;
  /** Whether the client hides a wrong endpoint's answer, so that more stays undecided. */
  readonly isBlindTo?: ((error: ObjectStoreError) => boolean) | undefined;
}

interface AdapterCase {
  readonly title: string;
  readonly prove: () => Promise<void>;
}

export function adapterCases(adapter: AdapterUnderTest): readonly AdapterCase[] {
  return [
    ...callCases(adapter),
    ...bodyCases(adapter),
    ...nameCases(adapter),
    ...answerCases(adapter),
    ...endpointCases(adapter),
    ...streamCases(adapter),
  ];
}

const DATE = "Wed, 25 Nov 2026 08:00:00 GMT";

function callCases({ onWire, storeAt, calls, busy }: AdapterUnderTest): AdapterCase[] {
  return Object.entries(calls).flatMap(([name, act]) => [
    {
      title: `sends a ${name} once when the store is busy`,
      prove: async () => {
        const { store, requests } = await onWire(() => busy);
        const { code, retryable } = await storeErrorOf(act(store));
        assert.equal(requests.length, 1);
        assert.ok(["throttled", "unavailable"].includes(code), code);
        assert.equal(retryable, true);
      },
    },
    {
      title: `sends a ${name} once when the connection breaks`,
      prove: async () => {
        const { store, requests } = await onWire(() => "reset");
        const { code, retryable } = await storeErrorOf(act(store));
        assert.deepEqual([code, retryable, requests.length], ["unavailable", true, 1]);
      },
    },
    {
      title: `reports the store's time with the error of a ${name}`,
      prove: async () => {
        const { store } = await onWire(() => ({
          ...busy,
          headers: { ...busy.headers, date: DATE },
        }));
        const dates: string[] = [];
        await storeErrorOf(act(store, { onDate: (date) => dates.push(date.toUTCString()) }));
        assert.deepEqual(new Set(dates), new Set([DATE]));
      },
    },
    {
      title: `ends a ${name} that is aborted, and closes its connection`,
      prove: async () => {
        const { store, connections } = await onWire(() => ({ delayMs: 20_000 }));
        const { code } = await storeErrorOf(act(store, { signal: AbortSignal.timeout(20) }));
        assert.equal(code, "aborted");
        await untilNone(connections);
      },
    },
    {
      title: `knows that a ${name} did nothing if the server is unreachable`,
      prove: async () => {
        const store = storeAt({ endpoint: "http://127.0.0.1:9" });
        const { code, retryable, undecided } = await storeErrorOf(act(store));
        assert.deepEqual([code, retryable, undecided], ["unavailable", true, false]);
      },
    },
  ]);
}

const REF = { bucket: "here", key: "k" };

function bodyCases({ onWire, objectWith }: AdapterUnderTest): AdapterCase[] {
  const large = { body: new Uint8Array(32 * MEBIBYTE) };
  return [
    {
      title: "closes the connection of a body that is cancelled",
      prove: async () => {
        const { store, connections } = await onWire(objectWith(large));
        const opened = await store.get(REF);
        assert.ok((await connections()) > 0);
        await opened?.body.cancel();
        await untilNone(connections);
      },
    },
    {
      title: "fails a body that breaks off, and does not ask for it again",
      prove: async () => {
        const cut = { body: new Uint8Array(100_000), cutAfterBytes: 50_000 };
        const { store, requests } = await onWire(objectWith(cut));
        const opened = await store.get(REF);
        const sent = requests.length;
        const { code, operation, key } = await storeErrorOf(
          new Response(opened?.body).arrayBuffer(),
        );
        assert.deepEqual([code, operation, key], ["unavailable", "get", "k"]);
        assert.equal(requests.length, sent);
      },
    },
    {
      title: "ends a body when its signal aborts",
      prove: async () => {
        const { store } = await onWire(objectWith(large));
        const aborting = new AbortController();
        const opened = await store.get(REF, { signal: aborting.signal });
        const reader = opened?.body.getReader();
        await reader?.read();
        aborting.abort();
        const drain = async () => {
          while (!(await reader?.read())?.done);
        };
        assert.equal((await storeErrorOf(drain())).code, "aborted");
      },
    },
  ];
}

function nameCases({ onWire }: AdapterUnderTest): AdapterCase[] {
  return MISLEADING_BUCKETS.map((bucket) => ({
    title: `refuses the bucket ${JSON.stringify(bucket)} before anything is sent`,
    prove: async () => {
      const { store, requests } = await onWire(() => ({}));
      assert.deepEqual(new Set(await refusalsOf(store, bucket)), new Set(["invalid-key"]));
      assert.equal(requests.length, 0);
    },
  }));
}

function answerCases({ onWire, answerCases }: AdapterUnderTest): AdapterCase[] {
  const together = (["head", "copy"] as const).map((operation) => ({
    title: `continues with answers to ${operation} that arrive together at the same time`,
    prove: async () => {
      const { store } = await onWire(answerTogether(6, { status: 404 }));
      const answered = await answeredAtFirstEnd(6, (index, options) => {
        const ref = { bucket: "here", key: `${index}` };
        const call =
          operation === "head" ? store.head(ref, options) : store.copy(ref, REF, options);
        return call.catch(() => undefined);
      });
      assert.ok(answered >= 6, `${answered} of 6 were answered`);
    },
  }));
  const confirmed = answerCases.map(({ title, answer, observe, expected }) => ({
    title,
    prove: async () => {
      const { store } = await onWire(() => answer);
      assert.deepEqual(await observe(store), expected);
    },
  }));
  return [...together, ...confirmed];
}

function endpointCases({ storeAt, isBlindTo }: AdapterUnderTest): AdapterCase[] {
  return Object.entries(WRONG_ENDPOINTS).flatMap(([endpoint, wrong]) =>
    REACHING.map(([name, operate]) => ({
      title: `names cause and fix of a ${name} at ${endpoint}`,
      prove: async () => {
        const error = await errorAt(wrong, operate, storeAt);
        const undecided = wrong.undecided || isBlindTo?.(error) === true;
        assert.deepEqual(mistakesIn(error, { ...wrong, undecided }), []);
      },
    })),
  );
}

function streamCases({ largeStream }: AdapterUnderTest): AdapterCase[] {
  if (largeStream === undefined) return [];
  return [
    {
      title: "holds less than 50 MiB of streams of 200 MiB, of known and of unknown length",
      prove: async () => {
        const args = [...ENDING_WITH_PARENT, fileURLToPath(largeStream)];
        const { stdout, stderr } = await promisify(execFile)(process.execPath, args);
        assert.equal(stderr, "");
        const uploads = JSON.parse(stdout);
        assert.equal(uploads.length, 2);
        for (const { outcome, received, heldMiB } of uploads) {
          assert.equal(outcome, "written");
          assert.ok(received >= 200 * MEBIBYTE, `${received} bytes were received`);
          assert.ok(heldMiB < 50, `${heldMiB} MiB were held`);
        }
      },
    },
  ];
}

/** Waits until no connection is open; fails after 5 s. */
async function untilNone(connections: () => Promise<number>): Promise<void> {
  for (let wait = 0; (await connections()) > 0; wait += 10) {
    assert.ok(wait < 5_000, `${await connections()} connections are open`);
    await sleep(10);
  }
}
