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
function namesIn(home: TestSchedule, store: Partial<ObjectStore> = {}): SharedObject<Names> {
  return {
    store: { ...home.store, ...store },
    clock: home.clock,
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
function adding(home: TestSchedule, faults: Faults, signal?: AbortSignal) {
  const store = faultyStore(home.store, faults);
  let puts = 0;
  const put: ObjectStore["put"] = (...call) => {
    puts += 1;
    return store.put(...call);
  };
  const result = changeShared(namesIn(home, { ...store, put }), add("me"), signal);
  result.catch(() => {}); // awaited after the clock has moved
  return { result, puts: () => puts };
}

const read = async (home: TestSchedule) => (await readShared(namesIn(home), undefined)).state;

describe("changeShared()", () => {
  it("writes nothing if there is nothing to change", async () => {
    const home = testSchedule();
    const decide = () => ({ result: "as it is" });
    expect(await changeShared(namesIn(home), decide, undefined)).toBe("as it is");
    expect(await home.store.head(ref)).toBeUndefined();
  });

  it("decides again if another writer came in between", async () => {
    const home = testSchedule();
    let reads = 0;
    const get: ObjectStore["get"] = async (...call) => {
      const opened = await home.store.get(...call);
      reads += 1;
      if (reads === 1) await changeShared(namesIn(home), add("other"), undefined);
      return opened;
    };
    const changing = changeShared(namesIn(home, { get }), add("me"), undefined);
    await home.clock.advance("1s");
    expect([await changing, reads]).toEqual(["me is in", 2]);
    expect(await read(home)).toEqual(["other", "me"]);
  });

  it("recognizes its own write if the answer is missing, and writes it once", async () => {
    const home = testSchedule();
    const after = failFirst("put", 1, storeError("unavailable", "put"));
    const { result, puts } = adding(home, { after });
    await home.clock.advance("1s");
    expect([await result, puts(), await read(home)]).toEqual(["me is in", 1, ["me"]]);
  });

  it.each([
    ["conflict", 1],
    ["throttled", 12], // a store at its limit answers every few writes
  ] as const)("tries again after %s, %i times", async (code, times) => {
    const home = testSchedule();
    const { result } = adding(home, { before: failFirst("put", times, storeError(code, "put")) });
    await home.clock.advance("5m");
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
      const home = testSchedule();
      const error = storeError(code, "put", { undecided });
      const { result, puts } = adding(home, { before: failFirst("put", ALWAYS, error) });
      await home.clock.advance("2m");
      await expect(result).rejects.toBe(error);
      expect(puts()).toBe(tries);
    },
  );

  it("throws the store's error rather than the abort if it is aborted between two tries", async () => {
    const home = testSchedule();
    const abort = new AbortController();
    const full = storeError("unavailable", "put", { undecided: false });
    const { result } = adding(home, { before: failFirst("put", 1, full) }, abort.signal);
    await home.clock.advance("1ms");
    abort.abort();
    await expect(result).rejects.toBe(full);
  });

  it.each(["changed", "exists"] as const)(
    "throws not-supported if a put is answered %s and nothing has changed",
    async (outcome) => {
      const home = testSchedule();
      if (outcome === "changed") await changeShared(namesIn(home), add("older"), undefined);
      const put = async (): Promise<PutResult> => ({ outcome });
      const changing = changeShared(namesIn(home, { put }), add("me"), undefined);
      const refused = expect(changing).rejects.toMatchObject({
        code: "not-supported",
        message: expect.stringContaining("its conditional puts do not work here"),
      });
      await home.clock.advance("5s");
      await refused;
    },
  );

  it("throws a conflict after mostTries against other writers", async () => {
    const home = testSchedule();
    let puts = 0;
    const put: ObjectStore["put"] = async () => {
      puts += 1;
      await home.store.put(ref, new TextEncoder().encode(`names:;${puts}`));
      return { outcome: "changed" };
    };
    const changing = changeShared(namesIn(home, { put }), add("me"), undefined);
    const refused = expect(changing).rejects.toMatchObject({
      code: "conflict",
      operation: "put",
      key: ref.key,
      message: expect.stringContaining("20 tries met other writers"),
    });
    await home.clock.advance("5m");
    await refused;
    expect(puts).toBe(20);
  });

  it("writes JSON under the condition of its reading, or without one where the store has none", async () => {
    const home = testSchedule();
    const puts: unknown[] = [];
    const put: ObjectStore["put"] = (target, body, options) => {
      puts.push(options);
      return home.store.put(target, body, options);
    };
    const plain = { ...home.store.capabilities, putIfVersion: false };
    for (const capabilities of [home.store.capabilities, plain])
      await changeShared(namesIn(home, { put, capabilities }), add("me"), undefined);
    const contentType = "application/json";
    expect(puts).toEqual([
      { contentType, condition: { if: "absent" }, signal: undefined },
      { contentType, condition: undefined, signal: undefined },
    ]);
  });

  it("writes a different text each time: a version may be a hash of it", async () => {
    const home = testSchedule();
    let byte = 0;
    const names = { ...namesIn(home), random: (n: number) => new Uint8Array(n).fill(byte++) };
    const texts = new Set<string>();
    for (let times = 0; times < 2; times++) {
      await changeShared(names, () => ({ result: undefined, write: ["me"] }), undefined);
      texts.add(await new Response((await home.store.get(ref))?.body).text());
    }
    expect(texts.size).toBe(2);
  });
});

describe("readShared()", () => {
  const slow =
    (home: TestSchedule): ObjectStore["get"] =>
    async (target, call) => {
      await home.clock.sleep(2_500);
      return home.store.get(target, call);
    };

  it("counts from before the request, and gives the store's time of the answer", async () => {
    const home = testSchedule();
    const reading = readShared(namesIn(home, { get: slow(home) }), undefined);
    await home.clock.advance("3s");
    const { state, storeMs, elapsedMs, condition } = await reading;
    expect([state, condition]).toEqual([[], { if: "absent" }]);
    expect(new Date(storeMs ?? 0).toISOString()).toBe("2026-12-24T12:00:02.500Z");
    expect(elapsedMs()).toBe(3_000);
  });

  it("gives this machine's time from before the request where both use one clock", async () => {
    const home = testSchedule({ clock: "shared" });
    const get: ObjectStore["get"] = (target, call) => {
      call?.onDate?.(new Date(0)); // not asked for
      return slow(home)(target, call);
    };
    const startMs = home.clock.now();
    const reading = readShared(namesIn(home, { get }), undefined);
    await home.clock.advance("3s");
    expect((await reading).storeMs).toBe(startMs);
  });

  it("gives no time if the answer carries none", async () => {
    const home = testSchedule();
    const get: ObjectStore["get"] = (target) => home.store.get(target);
    expect((await readShared(namesIn(home, { get }), undefined)).storeMs).toBeUndefined();
  });

  it("does not read an object that is too large to be of this kind", async () => {
    const home = testSchedule();
    const fill = (bytes: number) =>
      home.store.put(ref, new TextEncoder().encode(`names:${"x".repeat(bytes - 7)};`));
    await fill(65_536);
    expect(await read(home)).toHaveLength(1);
    await fill(65_537);
    expect(await read(home)).toBeUndefined();
  });

  /** A store whose object has this body. */
  function withBody(body: () => ReadableStream<Uint8Array>) {
    const home = testSchedule();
    const info = { size: 3, version: "1", lastModified: new Date(0), metadata: {} };
    const headers = { contentType: undefined, contentEncoding: undefined, cacheControl: undefined };
    const get: ObjectStore["get"] = async () => ({ ...info, ...headers, body: body() });
    return { home, names: namesIn(home, { get }) };
  }

  it.each([
    [
      "breaks off",
      "its body broke off",
      () => new ReadableStream<Uint8Array>({ start: (to) => to.error(new Error("reset")) }),
    ],
    ["does not end", "its body did not end within 10 s", () => new ReadableStream<Uint8Array>()],
  ])("tries again if the body %s", async (_, message, body) => {
    const { home, names } = withBody(body);
    const refused = expect(readShared(names, undefined)).rejects.toMatchObject({
      code: "unavailable",
      retryable: true,
      message: `get schedule/names: ${message}`,
    });
    await home.clock.advance("1m");
    await refused;
  });

  it("ends with its caller's signal while it reads the body", async () => {
    const abort = new AbortController();
    const { home, names } = withBody(() => new ReadableStream<Uint8Array>());
    const refused = expect(readShared(names, abort.signal)).rejects.toMatchObject({
      code: "aborted",
      cause: "stop",
    });
    await home.clock.advance("1ms");
    abort.abort("stop");
    await refused;
  });
});
