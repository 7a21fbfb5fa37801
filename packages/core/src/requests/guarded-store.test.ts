import { describe, expect, it } from "vitest";
import { KeywhenError } from "../errors.js";
import type { ObjectStore } from "../store/object-store.js";
import { testSchedule } from "../test-support/test-schedule.js";
import { recordingStore } from "../testing/faulty-store.js";
import { guardedStore } from "./guarded-store.js";

const ref = { bucket: "b", key: "k" };

/** A store whose calls never end and ignore their signal. */
function silent(kind: "put" | "copy" | "head") {
  const schedule = testSchedule();
  const never = () => new Promise<never>(() => {});
  const store: ObjectStore = { ...schedule.store, [kind]: never };
  return { clock: schedule.clock, guarded: guardedStore(store, schedule.clock) };
}

describe("guardedStore()", () => {
  it.each([
    ["head", (store: ObjectStore) => store.head(ref), 10],
    ["put", (store: ObjectStore) => store.put(ref, new Uint8Array(1_000_000)), 14],
    ["copy", (store: ObjectStore) => store.copy(ref, ref), 15],
    ["copy", (store: ObjectStore) => store.copy(ref, ref, { size: 40_000_000 }), 17],
  ] as const)("ends each %s, by its size", async (kind, send, seconds) => {
    const { clock, guarded } = silent(kind);
    let error: unknown;
    const sending = send(guarded).catch((reason: unknown) => {
      error = reason;
    });
    await clock.advance(`${seconds - 1}s`);
    expect(error).toBeUndefined();
    await clock.advance("2s");
    await sending;
    expect(error).toMatchObject({
      code: "unavailable",
      message: expect.stringContaining(`no answer within ${seconds} s`),
    });
  });

  it("aborts the store's request at its time limit, also after it was idle", async () => {
    const schedule = testSchedule();
    const signals: (AbortSignal | undefined)[] = [];
    const head: ObjectStore["head"] = (_, call) => {
      signals.push(call?.signal);
      return new Promise(() => {});
    };
    const guarded = guardedStore({ ...schedule.store, head }, schedule.clock);
    for (let times = 1; times <= 2; times++) {
      const refused = expect(guarded.head(ref)).rejects.toMatchObject({ code: "unavailable" });
      await schedule.clock.advance("11s");
      await refused;
      await schedule.clock.advance("1m");
    }
    expect(signals.map((signal) => signal?.aborted)).toEqual([true, true]);
    expect(schedule.clock.sleepers).toBe(0);
  });

  it("sends nothing after its caller's abort", async () => {
    const schedule = testSchedule();
    let requests = 0;
    const store = recordingStore(schedule.store, () => (requests += 1));
    const signal = AbortSignal.abort();
    const sending = guardedStore(store, schedule.clock).head(ref, { signal });
    await expect(sending).rejects.toMatchObject({ code: "aborted" });
    expect(requests).toBe(0);
  });

  const PAGE = { objects: [], more: false };
  const INFO = { size: 1, lastModified: new Date(0), version: "v", metadata: {} };
  const calls: Readonly<Record<string, (store: ObjectStore) => Promise<unknown>>> = {
    put: (store) => store.put(ref, new Uint8Array(1)),
    head: (store) => store.head(ref),
    get: (store) => store.get(ref),
    list: (store) => store.list({ bucket: "b" }),
    copy: (store) => store.copy(ref, ref),
    move: async (store) => store.move?.(ref, ref),
    delete: (store) => store.delete("b", ["k"]),
  };

  it.each([
    ["list", null, "must be a page of keys (got null)"],
    ["list", { more: false }, "must have an array of objects (got undefined)"],
    ["list", { objects: [] }, 'must say in "more" whether more keys follow (got undefined)'],
    [
      "list",
      { ...PAGE, objects: ["k"] },
      "must have a key, a size and lastModified in each object (not so at index 0)",
    ],
    [
      "list",
      { ...PAGE, objects: [{ key: "k" }] },
      "must have a key, a size and lastModified in each object (not so at index 0)",
    ],
    [
      "list",
      { ...PAGE, objects: [{ key: "k", size: 1, lastModified: new Date(Number.NaN) }] },
      "must have a key, a size and lastModified in each object (not so at index 0)",
    ],
    [
      "head",
      null,
      "must be an object's information, or undefined if there is no object (got null)",
    ],
    ["head", { ...INFO, size: "1" }, 'must have a size (got "1")'],
    [
      "head",
      { ...INFO, lastModified: "today" },
      'must have a valid date lastModified (got "today")',
    ],
    ["head", { ...INFO, version: 7 }, "must have a version (got 7)"],
    ["head", { ...INFO, metadata: undefined }, "must have metadata (got undefined)"],
    ["get", { ...INFO, body: "text" }, 'must have a stream as its body (got "text")'],
    ["put", undefined, 'must have the outcome "written" or "exists" or "changed" (got undefined)'],
    ["put", { outcome: "written" }, "must have a version (got undefined)"],
    ["copy", true, 'must have the outcome "copied" or "source-gone" (got true)'],
    ["move", { outcome: "moved" }, 'must have the outcome "copied" or "source-gone" (got "moved")'],
    ["delete", undefined, "must be an array of results (got undefined)"],
    ["delete", ["gone"], 'must have the outcome "gone" or "failed" (got "gone")'],
    [
      "delete",
      [{ outcome: "failed", error: new Error("x") }],
      "must have an ObjectStoreError in each failure (got an Error)",
    ],
  ])("names the method and the value if %s() answers %j", async (kind, answer, problem) => {
    const schedule = testSchedule({ move: true });
    const guarded = guardedStore({ ...schedule.store, [kind]: async () => answer }, schedule.clock);
    const isRead = kind === "list" || kind === "head" || kind === "get";
    await expect(calls[kind]?.(guarded)).rejects.toMatchObject({
      name: "ObjectStoreError",
      code: "unexpected",
      operation: kind,
      undecided: !isRead,
      message: expect.stringContaining(`the answer of the store's ${kind}() ${problem}`),
    });
  });

  it("sets no time limit for a stream of unknown length", async () => {
    const { clock, guarded } = silent("put");
    const put = guarded.put(ref, new ReadableStream<Uint8Array>());
    await clock.advance("10m");
    await expect(Promise.race([put, "no answer"])).resolves.toBe("no answer");
  });

  it.each([
    [new TypeError("x is not a function"), "x is not a function"],
    ["thrown text", "thrown text"],
  ])("throws a store's error for anything else that a store throws: %s", async (cause, message) => {
    const schedule = testSchedule();
    const head = () => {
      throw cause;
    };
    const guarded = guardedStore({ ...schedule.store, head }, schedule.clock);
    await expect(guarded.head(ref)).rejects.toMatchObject({
      code: "unexpected",
      undecided: true,
      message: `head b/k: ${message}`,
      cause,
    });
  });

  it("passes on the error of a wrong setting", async () => {
    const schedule = testSchedule();
    const wrong = new KeywhenError("invalid-option", "No AWS region is set.");
    const head = () => Promise.reject(wrong);
    const guarded = guardedStore({ ...schedule.store, head }, schedule.clock);
    await expect(guarded.head(ref)).rejects.toBe(wrong);
  });
});
