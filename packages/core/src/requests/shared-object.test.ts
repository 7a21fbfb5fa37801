import { describe, expect, it } from "vitest";
import type { ObjectStore, PutResult } from "../store/object-store.js";
import {
  failFirst,
  storeError,
  type TestSchedule,
  testSchedule,
} from "../test-support/test-schedule.js";
import { type Faults, faultyStore } from "../testing/faulty-store.js";
import {
  changeShared,
  readShared,
  type SharedChange,
  type SharedObject,
  type SharedReading,
} from "./shared-object.js";

type Names = readonly string[];

const ref = { bucket: "schedule", key: "names" };
const ALWAYS = Number.POSITIVE_INFINITY;

/** A list of names. Its writers wait for the shortest pauses. */
function namesIn(schedule: TestSchedule, store: Partial<ObjectStore> = {}): SharedObject<Names> {
  return {
    store: { ...schedule.store, ...store },
    clock: schedule.clock,
    random: (bytes) => new Uint8Array(bytes),
    ref,
    missing: [],
    parse: (text) => /^names:(.*);/.exec(text)?.[1]?.split(","),
    format: (names, nonce) => `names:${names.join(",")};${nonce}`,
    mostTries: 20,
  };
}

const add =
  (name: string) =>
  ({ state = [] }: SharedReading<Names>): SharedChange<Names, string> => ({
    result: `${name} is in`,
    write: [...state, name],
    isIn: (later) => later.includes(name),
  });

/** Adds a name on a store with faults; `puts()` counts the writes. */
function adding(schedule: TestSchedule, faults: Faults, signal?: AbortSignal) {
  const store = faultyStore(schedule.store, faults);
  let puts = 0;
  const put: ObjectStore["put"] = (...call) => {
    puts += 1;
    return store.put(...call);
  };
  const result = changeShared(namesIn(schedule, { ...store, put }), add("me"), signal);
  result.catch(() => {}); // awaited after the clock has moved
  return { result, puts: () => puts };
}

const read = async (schedule: TestSchedule) =>
  (await readShared(namesIn(schedule), undefined)).state;

describe("changeShared()", () => {
  it("writes nothing if there is nothing to change", async () => {
    const schedule = testSchedule();
    const decide = () => ({ result: "unchanged" });
    expect(await changeShared(namesIn(schedule), decide, undefined)).toBe("unchanged");
    expect(await schedule.store.head(ref)).toBeUndefined();
  });

  it("decides again if another writer came in between", async () => {
    const schedule = testSchedule();
    let reads = 0;
    const get: ObjectStore["get"] = async (...call) => {
      const opened = await schedule.store.get(...call);
      reads += 1;
      if (reads === 1) await changeShared(namesIn(schedule), add("other"), undefined);
      return opened;
    };
    const changing = changeShared(namesIn(schedule, { get }), add("me"), undefined);
    await schedule.clock.advance("1s");
    expect([await changing, reads]).toEqual(["me is in", 2]);
    expect(await read(schedule)).toEqual(["other", "me"]);
  });

  it("recognizes its own write if the answer is missing, and writes it once", async () => {
    const schedule = testSchedule();
    const after = failFirst("put", 1, storeError("unavailable", "put"));
    const { result, puts } = adding(schedule, { after });
    await schedule.clock.advance("1s");
    expect([await result, puts(), await read(schedule)]).toEqual(["me is in", 1, ["me"]]);
  });

  it.each([
    ["conflict", 12],
    ["throttled", 12], // a store at its limit answers every few writes
  ] as const)("tries again after %s, %i times", async (code, times) => {
    const schedule = testSchedule();
    const { result } = adding(schedule, {
      before: failFirst("put", times, storeError(code, "put")),
    });
    await schedule.clock.advance("5m");
    expect(await result).toBe("me is in");
  });

  it.each(["denied", "aborted", "not-supported"] as const)(
    "throws %s immediately",
    async (code) => {
      const error = storeError(code, "put");
      const { result, puts } = adding(testSchedule(), { before: failFirst("put", ALWAYS, error) });
      await expect(result).rejects.toBe(error);
      expect(puts()).toBe(1);
    },
  );

  it.each([
    ["unavailable", false, 5],
    ["unavailable", true, 5],
    ["unexpected", true, 5],
    ["throttled", false, 20],
  ] as const)(
    "throws the store's own error if it stays %s (undecided: %s), after %i tries",
    async (code, undecided, tries) => {
      const schedule = testSchedule();
      const error = storeError(code, "put", { undecided });
      const { result, puts } = adding(schedule, { before: failFirst("put", ALWAYS, error) });
      await schedule.clock.advance("2m");
      await expect(result).rejects.toBe(error);
      expect(puts()).toBe(tries);
    },
  );

  it("throws the store's error rather than the abort if it is aborted between two tries", async () => {
    const schedule = testSchedule();
    const abort = new AbortController();
    const full = storeError("unavailable", "put", { undecided: false });
    const { result } = adding(schedule, { before: failFirst("put", 1, full) }, abort.signal);
    await schedule.clock.advance("1ms");
    abort.abort();
    await expect(result).rejects.toBe(full);
  });

  it.each(["changed", "exists"] as const)(
    "throws not-supported if a put is answered %s and nothing has changed",
    async (outcome) => {
      const schedule = testSchedule();
      if (outcome === "changed") await changeShared(namesIn(schedule), add("older"), undefined);
      const put = async (): Promise<PutResult> => ({ outcome });
      const changing = changeShared(namesIn(schedule, { put }), add("me"), undefined);
      const refused = expect(changing).rejects.toMatchObject({
        code: "not-supported",
        message: expect.stringContaining("its conditional puts do not work"),
      });
      await schedule.clock.advance("5s");
      await refused;
    },
  );

  it("throws a conflict after mostTries against other writers", async () => {
    const schedule = testSchedule();
    let puts = 0;
    const put: ObjectStore["put"] = async () => {
      puts += 1;
      await schedule.store.put(ref, new TextEncoder().encode(`names:;${puts}`));
      return { outcome: "changed" };
    };
    const changing = changeShared(namesIn(schedule, { put }), add("me"), undefined);
    const refused = expect(changing).rejects.toMatchObject({
      code: "conflict",
      operation: "put",
      key: ref.key,
      message: expect.stringContaining("each of 20 tries"),
    });
    await schedule.clock.advance("5m");
    await refused;
    expect(puts).toBe(20);
  });

  it("writes JSON under the condition of its reading, or without one where the store has none", async () => {
    const schedule = testSchedule();
    const puts: unknown[] = [];
    const put: ObjectStore["put"] = (target, body, options) => {
      puts.push(options);
      return schedule.store.put(target, body, options);
    };
    const plain = { ...schedule.store.capabilities, putIfVersion: false };
    for (const capabilities of [schedule.store.capabilities, plain])
      await changeShared(namesIn(schedule, { put, capabilities }), add("me"), undefined);
    const contentType = "application/json";
    expect(puts).toEqual([
      { contentType, condition: { if: "absent" }, signal: undefined },
      { contentType, condition: undefined, signal: undefined },
    ]);
  });

  it("writes a different text each time: a version may be a hash of it", async () => {
    const schedule = testSchedule();
    let byte = 0;
    const names = { ...namesIn(schedule), random: (n: number) => new Uint8Array(n).fill(byte++) };
    const texts = new Set<string>();
    for (let times = 0; times < 2; times++) {
      await changeShared(names, () => ({ result: undefined, write: ["me"] }), undefined);
      texts.add(await new Response((await schedule.store.get(ref))?.body).text());
    }
    expect(texts.size).toBe(2);
  });
});

describe("readShared()", () => {
  const slow =
    (schedule: TestSchedule): ObjectStore["get"] =>
    async (target, call) => {
      await schedule.clock.sleep(2_500);
      return schedule.store.get(target, call);
    };

  it("counts from before the request, and gives the store's time of the answer", async () => {
    const schedule = testSchedule();
    const reading = readShared(namesIn(schedule, { get: slow(schedule) }), undefined);
    await schedule.clock.advance("3s");
    const { state, storeMs, elapsedMs, condition } = await reading;
    expect([state, condition]).toEqual([[], { if: "absent" }]);
    expect(new Date(storeMs ?? 0).toISOString()).toBe("2026-12-24T12:00:02.500Z");
    expect(elapsedMs()).toBe(3_000);
  });

  it("gives this machine's time from before the request where both use one clock", async () => {
    const schedule = testSchedule({ clock: "shared" });
    const get: ObjectStore["get"] = (target, call) => {
      call?.onDate?.(new Date(0)); // not asked for
      return slow(schedule)(target, call);
    };
    const startMs = schedule.clock.now();
    const reading = readShared(namesIn(schedule, { get }), undefined);
    await schedule.clock.advance("3s");
    expect((await reading).storeMs).toBe(startMs);
  });

  it("gives no time if the answer carries none", async () => {
    const schedule = testSchedule();
    const get: ObjectStore["get"] = (target) => schedule.store.get(target);
    expect((await readShared(namesIn(schedule, { get }), undefined)).storeMs).toBeUndefined();
  });

  it("does not read an object that is too large to be of this kind", async () => {
    const schedule = testSchedule();
    const fill = (bytes: number) =>
      schedule.store.put(ref, new TextEncoder().encode(`names:${"x".repeat(bytes - 7)};`));
    await fill(65_536);
    expect(await read(schedule)).toHaveLength(1);
    await fill(65_537);
    expect(await read(schedule)).toBeUndefined();
  });

  /** A store whose object has this body. */
  function withBody(body: () => ReadableStream<Uint8Array>) {
    const schedule = testSchedule();
    const info = { size: 3, version: "1", lastModified: new Date(0), metadata: {} };
    const headers = { contentType: undefined, contentEncoding: undefined, cacheControl: undefined };
    const get: ObjectStore["get"] = async () => ({ ...info, ...headers, body: body() });
    return { schedule, names: namesIn(schedule, { get }) };
  }

  it.each([
    [
      "breaks off",
      "its body broke off",
      () => new ReadableStream<Uint8Array>({ start: (to) => to.error(new Error("reset")) }),
    ],
    ["does not end", "its body did not end within 10 s", () => new ReadableStream<Uint8Array>()],
  ])("tries again if the body %s", async (_, message, body) => {
    const { schedule, names } = withBody(body);
    const refused = expect(readShared(names, undefined)).rejects.toMatchObject({
      code: "unavailable",
      retryable: true,
      message: `get schedule/names: ${message}`,
    });
    await schedule.clock.advance("1m");
    await refused;
  });

  it("ends with its caller's signal while it reads the body", async () => {
    const abort = new AbortController();
    const { schedule, names } = withBody(() => new ReadableStream<Uint8Array>());
    const refused = expect(readShared(names, abort.signal)).rejects.toMatchObject({
      code: "aborted",
      cause: "stop",
    });
    await schedule.clock.advance("1ms");
    abort.abort("stop");
    await refused;
  });
});
