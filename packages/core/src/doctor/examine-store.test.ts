import { describe, expect, it } from "vitest";
import { wrapStore } from "../requests/wrap-store.js";
import { memoryStore } from "../store/memory-store.js";
import type { ObjectStore } from "../store/object-store.js";
import { ObjectStoreError } from "../store/object-store-error.js";
import { keysOf, NOON, storeError, testHome, writeByHand } from "../test-support/test-home.js";
import { faultyStore, recordingStore } from "../testing/faulty-store.js";
import { manualClock } from "../testing/manual-clock.js";
import { type ExamineOptions, examineStore } from "./examine-store.js";
import type { Finding } from "./finding.js";

async function examine(options: ExamineOptions): Promise<Finding[]> {
  const findings: Finding[] = [];
  for await (const finding of examineStore(options)) findings.push(finding);
  return findings;
}

const failedIn = (findings: readonly Finding[]) =>
  findings.filter(({ status }) => status === "fail").map(({ name }) => name);

const named = (findings: readonly Finding[], name: string) =>
  findings.find((finding) => finding.name === name);

describe("examineStore()", () => {
  it("finds nothing wrong with a store that keeps its promises", async () => {
    const findings = await examine({ ...testHome(), probe: true, allowTargets: ["out/*"] });
    expect(findings.map(({ name, status }) => `${status} ${name}`)).toEqual([
      "ok store",
      "ok lag",
      "ok clock",
      "ok dead letters",
      "ok lease",
      "ok layout",
      "ok put",
      "ok get",
      "ok copy",
      "ok delete",
      "ok list order",
      "ok put if absent",
      "ok put if version",
      "ok target out/*",
      "ok clean-up",
    ]);
  });

  it("only reads unless it is told to probe", async () => {
    const home = testHome();
    const kinds = new Set<string>();
    const store = recordingStore(home.store, ({ kind }) => kinds.add(kind));
    await examine({ ...home, store, allowTargets: ["out/*"] });
    expect([...kinds]).toEqual(["list", "get"]);
  });

  it("leaves nothing behind, and never writes to a target", async () => {
    const home = testHome();
    const written = new Set<string>();
    const store = recordingStore(home.store, ({ kind, bucket, key }) => {
      if (kind === "put") written.add(`${bucket}/${key}`.replace(/[0-9a-f]{12}/, "RUN"));
    });
    await examine({ ...home, store, probe: true, allowTargets: ["out/*", "out/k"] });
    expect(written.size).toBeGreaterThan(5);
    for (const key of written) expect(key).toMatch(/^schedule\/keywhen\/probe\/RUN\//);
    expect(await keysOf(home.store, "schedule")).toEqual([]);
    expect(await keysOf(home.store, "out")).toEqual([]);
  });

  it("cleans up when it is aborted or left in the middle", async () => {
    const home = testHome();
    const stop = new AbortController();
    const store = recordingStore(home.store, ({ kind }) => {
      if (kind === "copy") stop.abort();
    });
    const aborted = examine({ ...home, store, probe: true, signal: stop.signal });
    await expect(aborted).rejects.toMatchObject({ code: "aborted" });
    expect(await keysOf(home.store, "schedule")).toEqual([]);
    for await (const { name } of examineStore({ ...home, probe: true })) if (name === "put") break;
    expect(await keysOf(home.store, "schedule")).toEqual([]);
  });

  it.each([
    ["denied", /grant the right to list in bucket schedule/],
    ["no-such-bucket", /create bucket b/],
    ["unavailable", /check the network/],
  ] as const)("says what to do about a store that can't be read: %s", async (code, hint) => {
    const home = testHome();
    const operation = "list";
    const bucket = code === "denied" ? "schedule" : "b";
    const error = new ObjectStoreError({ code, operation, bucket, message: "words" });
    const store = faultyStore(home.store, { before: () => error });
    const findings = await examine({ ...home, store, probe: true });
    expect(findings).toEqual([
      { name: "store", status: "fail", detail: error.message, hint: expect.stringMatching(hint) },
    ]);
  });

  it.each(["put", "get", "copy", "delete"] as const)(
    "names the right to %s as missing",
    async (kind) => {
      const home = testHome();
      const denied = storeError("denied", kind);
      const store = faultyStore(home.store, {
        before: (request) => (request.kind === kind ? denied : undefined),
      });
      const findings = await examine({ ...home, store, probe: true });
      expect(named(findings, kind)).toMatchObject({ status: "fail", detail: denied.message });
    },
  );
});

/** Stores with one fault, as the conformance kit has them. */
const BROKEN: [
  fault: string,
  found: string,
  breaks: (store: ObjectStore) => Partial<ObjectStore>,
][] = [
  [
    "ignores if-absent",
    "put if absent",
    (store) => ({
      put: (ref, body, options = {}) =>
        store.put(ref, body, {
          ...options,
          condition: options.condition?.if === "absent" ? undefined : options.condition,
        }),
    }),
  ],
  [
    "ignores if-version",
    "put if version",
    (store) => ({
      put: (ref, body, options = {}) =>
        store.put(ref, body, {
          ...options,
          condition: options.condition?.if === "version" ? undefined : options.condition,
        }),
    }),
  ],
  [
    "looks first and writes then",
    "put if absent",
    (store) => ({
      put: async (ref, body, options = {}) => {
        const isTaken = options.condition?.if === "absent" && (await store.head(ref));
        await new Promise(setImmediate);
        if (isTaken) return { outcome: "exists" };
        return store.put(ref, body, {
          ...options,
          condition: options.condition?.if === "absent" ? undefined : options.condition,
        });
      },
    }),
  ],
  [
    "lists backwards",
    "list order",
    (store) => ({
      list: async (page, call) => {
        const { objects, more } = await store.list(page, call);
        return { objects: objects.toReversed(), more };
      },
    }),
  ],
  [
    "lists without case",
    "list order",
    (store) => ({
      list: async (page, call) => {
        const { objects, more } = await store.list(page, call);
        const sorted = objects.toSorted((one, other) =>
          one.key.toLowerCase() < other.key.toLowerCase() ? -1 : 1,
        );
        return { objects: sorted, more };
      },
    }),
  ],
  [
    "forgets where to begin",
    "list order",
    (store) => ({ list: (page, call) => store.list({ ...page, startAfter: undefined }, call) }),
  ],
  [
    "drops the metadata of a copy",
    "copy",
    (store) => ({
      copy: (source, target, options = {}) =>
        store.copy(source, target, { ...options, metadata: options.metadata ?? {} }),
    }),
  ],
  [
    "keeps metadata that is to be replaced",
    "copy",
    (store) => ({
      copy: (source, target, { metadata: _, ...options } = {}) =>
        store.copy(source, target, options),
    }),
  ],
  [
    "confirms copies that it doesn't make",
    "copy",
    () => ({ copy: async () => ({ outcome: "copied" }) }),
  ],
  [
    "confirms deletes that it doesn't make",
    "delete",
    () => ({ delete: async (_, keys) => keys.map(() => ({ outcome: "gone" })) }),
  ],
];

describe("examineStore() of a broken store", () => {
  it.each(BROKEN)("that %s: finds %s", async (_, found, breaks) => {
    const home = testHome();
    const store = { ...wrapStore(home.store, (_request, call, send) => send(call)) };
    const findings = await examine({
      ...home,
      store: { ...store, ...breaks(home.store) },
      probe: true,
    });
    expect(failedIn(findings)).toContain(found);
  });

  it("warns of conditions that the store doesn't declare, and never tries them", async () => {
    const clock = manualClock(NOON);
    const capabilities = { putIfAbsent: false, putIfVersion: false };
    const store = memoryStore({ clock, capabilities });
    const findings = await examine({ store, bucket: "schedule", clock, probe: true });
    expect(failedIn(findings)).toEqual([]);
    expect(named(findings, "put if absent")).toMatchObject({ status: "warn" });
    expect(named(findings, "put if version")).toMatchObject({ status: "warn" });
  });

  it("refuses one that declares no order", async () => {
    const clock = manualClock(NOON);
    const store = memoryStore({ clock, capabilities: { orderedList: false } });
    const findings = await examine({ store, bucket: "schedule", clock });
    expect(failedIn(findings)).toEqual(["list order"]);
  });
});

describe("examineStore() and time", () => {
  it.each([
    [-3_000, "fail"],
    [-500, "ok"],
    [500, "ok"],
    [3_000, "fail"],
  ] as const)("compares clocks: %s ms makes %s", async (aheadMs, status) => {
    const storeClock = manualClock(NOON);
    const clock = manualClock(new Date(storeClock.now() + 500 + aheadMs));
    const store = memoryStore({ clock: storeClock, capabilities: { clock: "store" } });
    const findings = await examine({ store, bucket: "schedule", clock });
    const direction = aheadMs > 0 ? "ahead of" : "behind";
    const seconds = (Math.abs(aheadMs) / 1_000).toFixed(1);
    expect(named(findings, "clock")).toMatchObject({
      status,
      detail: `this machine is ${seconds} s ${direction} the store`,
    });
  });

  it("wants to be told the time by a store that says it does", async () => {
    const home = testHome();
    const store = wrapStore(home.store, (_, call, send) => send({ ...call, onDate: undefined }));
    expect(failedIn(await examine({ ...home, store }))).toEqual(["clock"]);
    const none = testHome({ clock: "none" });
    expect(named(await examine(none), "clock")).toMatchObject({ status: "warn" });
  });

  it.each([
    ["2026-12-24T12:00:00.001Z", "ok", "nothing is due"],
    ["2026-12-24T11:59:00.000Z", "ok", "the oldest due event waits 1 min"],
    ["2026-12-24T11:55:00.000Z", "warn", "the oldest due event waits 5 min"],
    ["2026-12-24T10:00:00.000Z", "fail", "the oldest due event waits 2 h"],
    ["2026-12-20T12:00:00.000Z", "fail", "the oldest due event waits 4 d"],
  ] as const)("sees how long the oldest event has waited: %s", async (at, status, detail) => {
    const home = testHome();
    await writeByHand(home.store, "0000-not-an-event");
    await writeByHand(home.store, `${at}|out|k|id`);
    await writeByHand(home.store, "2026-12-24T11:59:59.000Z|out|k|younger");
    if (status === "ok" && detail.startsWith("nothing")) {
      await home.store.delete("schedule", [
        "keywhen/pending/2026-12-24T11:59:59.000Z|out|k|younger",
      ]);
    }
    expect(named(await examine(home), "lag")).toMatchObject({ status, detail });
  });

  it("warns of what is no event and stands before all events", async () => {
    const home = testHome();
    await writeByHand(home.store, "0000-not-an-event");
    expect(named(await examine(home), "lag")).toMatchObject({ status: "warn" });
  });
});

describe("examineStore() without a probe", () => {
  it("sees a wrong order among the keys that are there", async () => {
    const home = testHome();
    for (const id of ["2097-01-01T00:00:00.000Z|o|k|a", "2096-01-01T00:00:00.000Z|o|k|b"]) {
      await writeByHand(home.store, id);
    }
    expect(named(await examine(home), "list order")?.detail).toBe("2 keys in byte order");
    const list: ObjectStore["list"] = async (page, call) => {
      const { objects, more } = await home.store.list(page, call);
      return { objects: objects.toReversed(), more };
    };
    expect(failedIn(await examine({ ...home, store: { ...home.store, list } }))).toEqual([
      "list order",
    ]);
  });
});

describe("examineStore() of targets", () => {
  it.each([true, false])("finds a bucket that isn't there (probe: %s)", async (probe) => {
    const clock = manualClock(NOON);
    const store = memoryStore({ clock, buckets: ["schedule", "out"] });
    const home = { store, bucket: "schedule", clock };
    const findings = await examine({ ...home, probe, allowTargets: ["out/*", "typo/a/*"] });
    expect(failedIn(findings)).toEqual(["target typo/a/*"]);
  });

  it("does not mind a target that may only be written to", async () => {
    const home = testHome();
    const denied = storeError("denied", "list");
    const store = faultyStore(home.store, {
      before: ({ kind, bucket }) => (kind === "list" && bucket === "out" ? denied : undefined),
    });
    expect(failedIn(await examine({ ...home, store, allowTargets: ["out/*", "*"] }))).toEqual([]);
  });

  it("refuses patterns and options that can't be right before it asks anything", async () => {
    const home = testHome();
    const wrong = examine({ ...home, allowTargets: ["out"] });
    await expect(wrong).rejects.toMatchObject({ code: "invalid-option" });
    const typo = Reflect.apply(examine, undefined, [{ ...home, prob: true }]);
    await expect(typo).rejects.toThrow(/no option "prob"/);
  });
});
