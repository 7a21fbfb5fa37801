import { type ObjectStore, wrapStore } from "@keywhen/core/store";
import { manualClock, memoryStore } from "@keywhen/core/testing";
import { describe, expect, it } from "vitest";
import { NOON, storeError, testSchedule } from "../../core/src/test-support/test-schedule.js";
import { examine, failedIn, named } from "./testing/examine.js";

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
  [
    "writes nothing without a condition",
    "put",
    () => ({ put: async () => ({ outcome: "exists" }) }),
  ],
  ["loses what it has confirmed", "get", () => ({ get: async () => undefined })],
  [
    "gives other bytes back",
    "get",
    (store) => ({
      get: async (ref, call) => {
        const opened = await store.get(ref, call);
        const body = new Response("other bytes than these").body;
        return opened && body ? { ...opened, body } : undefined;
      },
    }),
  ],
  [
    "gives fewer bytes back",
    "get",
    (store) => ({
      get: async (ref, call) => {
        const opened = await store.get(ref, call);
        const body = new Response("keywhen").body;
        return opened && body ? { ...opened, body } : undefined;
      },
    }),
  ],
  [
    "doesn't find what is there to copy",
    "copy",
    () => ({ copy: async () => ({ outcome: "source-gone" }) }),
  ],
  [
    "cuts copies short",
    "copy",
    (store) => ({
      head: async (ref, call) => {
        const info = await store.head(ref, call);
        return info && { ...info, size: 3 };
      },
    }),
  ],
  [
    "drops the headers of a copy",
    "copy",
    (store) => ({
      head: async (ref, call) => {
        const info = await store.head(ref, call);
        return info && { ...info, cacheControl: undefined };
      },
    }),
  ],
  [
    "drops the type of a copy",
    "copy",
    (store) => ({
      head: async (ref, call) => {
        const info = await store.head(ref, call);
        return info && { ...info, contentType: undefined };
      },
    }),
  ],
  [
    "refuses single deletes in a good answer",
    "delete",
    () => ({
      delete: async (_, keys) =>
        keys.map(() => ({ outcome: "failed", error: storeError("denied", "delete") })),
    }),
  ],
  ["says nothing of a key that it deletes", "delete", () => ({ delete: async () => [] })],
  ["says nothing of a key that it deletes", "clean-up", () => ({ delete: async () => [] })],
  [
    "confirms a copy of what is missing",
    "target out/*",
    (store) => ({
      copy: async (...call) => {
        await store.copy(...call);
        return { outcome: "copied" };
      },
    }),
  ],
  [
    "takes an old version for the newest, but not in a race",
    "put if version",
    (store) => ({ put: forgetfulAfterTheRace(store, "version") }),
  ],
  [
    "writes a taken key again, but not in a race",
    "put if absent",
    (store) => ({ put: forgetfulAfterTheRace(store, "absent") }),
  ],
  [
    "writes nothing without a condition that it has written before",
    "put if version",
    (store) => ({
      put: async (ref, body, options) =>
        ref.key.endsWith("/version") && options?.condition === undefined
          ? { outcome: "exists" }
          : store.put(ref, body, options),
    }),
  ],
];

/** Keeps a condition as long as eight race for it, and forgets it for the ninth. */
function forgetfulAfterTheRace(
  store: ObjectStore,
  which: "absent" | "version",
): ObjectStore["put"] {
  let conditional = 0;
  return (ref, body, options = {}) => {
    if (options.condition?.if !== which) return store.put(ref, body, options);
    conditional += 1;
    return store.put(ref, body, conditional <= 8 ? options : { ...options, condition: undefined });
  };
}

describe("examineStore() of a broken store", () => {
  it.each(BROKEN)("that %s: finds %s", async (_, found, breaks) => {
    const home = testSchedule();
    const store = { ...wrapStore(home.store, (_request, call, send) => send(call)) };
    const findings = await examine({
      ...home,
      store: { ...store, ...breaks(home.store) },
      probe: true,
      allowTargets: ["out/*"],
    });
    expect(failedIn(findings)).toContain(found);
  });

  it.each([
    ["conflict", "ok"],
    ["unavailable", "ok"],
    ["denied", "fail"],
  ] as const)("whose losers of a race may see %s: %s", async (code, status) => {
    const home = testSchedule();
    let conditional = 0;
    const put: ObjectStore["put"] = async (ref, body, options) => {
      if (options?.condition?.if === "absent") conditional += 1;
      const isRace = conditional <= 8;
      const result = await home.store.put(ref, body, options);
      if (result.outcome === "exists" && isRace) throw storeError(code, "put");
      return result;
    };
    const findings = await examine({ ...home, store: { ...home.store, put }, probe: true });
    expect(named(findings, "put if absent")).toMatchObject({ status });
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
