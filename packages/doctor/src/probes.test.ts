import {
  type ListedObject,
  type ObjectInfo,
  type ObjectStore,
  wrapStore,
} from "@keywhen/core/store";
import { manualClock, memoryStore } from "@keywhen/core/testing";
import { describe, expect, it } from "vitest";
import { NOON, storeError, testSchedule } from "../../core/src/test-support/test-schedule.js";
import { examine, failedIn, named } from "./testing/examine.js";

type Break = (store: ObjectStore) => Partial<ObjectStore>;

/** Ignores one condition. */
const ignores =
  (which: "absent" | "version"): Break =>
  (store) => ({
    put: (ref, body, options = {}) =>
      store.put(
        ref,
        body,
        options.condition?.if === which ? { ...options, condition: undefined } : options,
      ),
  });

/** Reports something else about an object than the store. */
const reports =
  (change: Partial<ObjectInfo>): Break =>
  (store) => ({
    head: async (ref, call) => {
      const info = await store.head(ref, call);
      return info && { ...info, ...change };
    },
  });

const returnsBody =
  (text: string): Break =>
  (store) => ({
    get: async (ref, call) => {
      const opened = await store.get(ref, call);
      const { body } = new Response(text);
      return opened && body ? { ...opened, body } : undefined;
    },
  });

const sorts =
  (sort: (objects: readonly ListedObject[]) => readonly ListedObject[]): Break =>
  (store) => ({
    list: async (page, call) => {
      const { objects, more } = await store.list(page, call);
      return { objects: sort(objects), more };
    },
  });

const looksFirst: Break = (store) => ({
  put: async (ref, body, options = {}) => {
    const isTaken = options.condition?.if === "absent" && (await store.head(ref));
    await new Promise(setImmediate);
    if (isTaken) return { outcome: "exists" };
    return store.put(ref, body, {
      ...options,
      condition: options.condition?.if === "absent" ? undefined : options.condition,
    });
  },
});

const deniedDelete = { outcome: "failed", error: storeError("denied", "delete") } as const;

/** Stores with one fault, as the conformance kit has them. */
const BROKEN: [fault: string, found: string, breaks: Break][] = [
  ["ignores if-absent", "put if absent", ignores("absent")],
  ["ignores if-version", "put if version", ignores("version")],
  ["checks before it writes", "put if absent", looksFirst],
  ["lists backward", "list order", sorts((objects) => objects.toReversed())],
  [
    "lists without case",
    "list order",
    sorts((objects) =>
      objects.toSorted((one, other) => (one.key.toLowerCase() < other.key.toLowerCase() ? -1 : 1)),
    ),
  ],
  [
    "ignores startAfter",
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
    "does not replace metadata",
    "copy",
    (store) => ({
      copy: (source, target, { metadata: _, ...options } = {}) =>
        store.copy(source, target, options),
    }),
  ],
  [
    "confirms copies that it does not make",
    "copy",
    () => ({ copy: async () => ({ outcome: "copied" }) }),
  ],
  [
    "confirms deletes that it does not make",
    "delete",
    () => ({ delete: async (_, keys) => keys.map(() => ({ outcome: "gone" })) }),
  ],
  [
    "writes nothing without a condition",
    "put",
    () => ({ put: async () => ({ outcome: "exists" }) }),
  ],
  ["loses confirmed objects", "get", () => ({ get: async () => undefined })],
  ["returns other bytes", "get", returnsBody("other bytes than these")],
  ["returns fewer bytes", "get", returnsBody("keywhen")],
  [
    "does not find the source of a copy",
    "copy",
    () => ({ copy: async () => ({ outcome: "source-gone" }) }),
  ],
  ["cuts copies", "copy", reports({ size: 3 })],
  ["drops the headers of a copy", "copy", reports({ cacheControl: undefined })],
  ["drops the type of a copy", "copy", reports({ contentType: undefined })],
  [
    "refuses single deletes in a successful answer",
    "delete",
    () => ({ delete: async (_, keys) => keys.map(() => deniedDelete) }),
  ],
  ["does not report a deleted key", "delete", () => ({ delete: async () => [] })],
  ["does not report a deleted key", "clean-up", () => ({ delete: async () => [] })],
  [
    "confirms a copy of a missing object",
    "target out/*",
    (store) => ({
      copy: async (...call) => {
        await store.copy(...call);
        return { outcome: "copied" };
      },
    }),
  ],
  [
    "accepts an old version as the newest, but not in a race",
    "put if version",
    (store) => ({ put: forgetfulAfterTheRace(store, "version") }),
  ],
  [
    "writes an existing key again, but not in a race",
    "put if absent",
    (store) => ({ put: forgetfulAfterTheRace(store, "absent") }),
  ],
  [
    "refuses the first put before a race",
    "put if version",
    (store) => ({
      put: async (ref, body, options) =>
        ref.key.endsWith("/version") && options?.condition === undefined
          ? { outcome: "exists" }
          : store.put(ref, body, options),
    }),
  ],
];

/** Applies a condition to eight puts, and ignores it for the ninth. */
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
  ] as const)("reports %s for puts that lose the race: %s", async (code, status) => {
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

  it("warns about conditions that the store does not declare, and never tests them", async () => {
    const clock = manualClock(NOON);
    const capabilities = { putIfAbsent: false, putIfVersion: false };
    const store = memoryStore({ clock, capabilities });
    const findings = await examine({ store, bucket: "schedule", clock, probe: true });
    expect(failedIn(findings)).toEqual([]);
    expect(named(findings, "put if absent")).toMatchObject({ status: "warn" });
    expect(named(findings, "put if version")).toMatchObject({ status: "warn" });
  });

  it("refuses a store without ordered lists", async () => {
    const clock = manualClock(NOON);
    const store = memoryStore({ clock, capabilities: { orderedList: false } });
    const findings = await examine({ store, bucket: "schedule", clock });
    expect(failedIn(findings)).toEqual(["list order"]);
  });
});
