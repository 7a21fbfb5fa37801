import type { ObjectStore } from "@keywhen/core/store";
import { memoryStore } from "@keywhen/core/testing";
import { describe, expect, it } from "vitest";
import { cancellationFaults } from "./broken-stores/cancellation.js";
import { capabilitiesFaults } from "./broken-stores/capabilities.js";
import { clockFaults } from "./broken-stores/clock.js";
import { conditionsFaults } from "./broken-stores/conditions.js";
import { copyFaults } from "./broken-stores/copy.js";
import { deletionFaults } from "./broken-stores/deletion.js";
import type { Fault } from "./broken-stores/fault.js";
import { headersFaults } from "./broken-stores/headers.js";
import { keysFaults } from "./broken-stores/keys.js";
import { listFaults } from "./broken-stores/list.js";
import { missingFaults } from "./broken-stores/missing.js";
import { moveFaults } from "./broken-stores/move.js";
import { namesFaults } from "./broken-stores/names.js";
import { putAndGetFaults } from "./broken-stores/put-and-get.js";
import { proveStore } from "./prove-store.js";

const FAULTS: Readonly<Record<string, readonly Fault[]>> = {
  capabilities: capabilitiesFaults,
  "put and get": putAndGetFaults,
  headers: headersFaults,
  conditions: conditionsFaults,
  list: listFaults,
  keys: keysFaults,
  names: namesFaults,
  copy: copyFaults,
  delete: deletionFaults,
  move: moveFaults,
  missing: missingFaults,
  clock: clockFaults,
  cancellation: cancellationFaults,
};

const BUCKETS = ["first", "second"] as const;

interface Failure {
  readonly proof: string;
  readonly error: unknown;
}

/** Each broken store is put to the proof once. */
const known = new Map<Fault, Promise<readonly Failure[]>>();

for (const [theme, faults] of Object.entries(FAULTS)) {
  describe(`the theme "${theme}" fails a store that`, () => {
    it.each(faults)("$fault", async (fault) => {
      const failures = await failuresBy(fault, theme);
      expect(failures.map(({ proof }) => proof)).not.toEqual([]);
      expect(failures.filter(({ error }) => isOurMistake(error))).toEqual([]);
    });
  });
}

describe("proveStore()", () => {
  it("passes the store that isn't broken", async () => {
    expect(await failuresOf(brokenStore({ fault: "none", breaks: () => ({}) }))).toEqual([]);
  });

  it("has no proof that can't fail", async () => {
    const failed = new Set<string>();
    for (const [theme, faults] of Object.entries(FAULTS)) {
      for (const fault of faults) {
        for (const { proof } of await failuresBy(fault, theme)) failed.add(proof);
      }
    }
    expect(proofs().filter((proof) => !failed.has(proof))).toEqual([]);
  }, 60_000);
});

function failuresBy(fault: Fault, theme: string): Promise<readonly Failure[]> {
  const failures = known.get(fault) ?? failuresOf(brokenStore(fault), theme);
  known.set(fault, failures);
  return failures;
}

/** Runs the kit, or one theme of it, and gives the proofs that failed. */
async function failuresOf(store: ObjectStore, theme?: string): Promise<Failure[]> {
  const failures: Failure[] = [];
  for (const { proof, test } of collect(store, theme)) {
    await test().catch((error: unknown) => failures.push({ proof, error }));
  }
  return failures;
}

function proofs(): string[] {
  return collect(memoryStore({ clock: Date })).map(({ proof }) => proof);
}

/** A runner that only registers its tests. */
function collect(store: ObjectStore, theme?: string) {
  const tests: { proof: string; test: () => Promise<void> }[] = [];
  const path: string[] = [];
  proveStore({
    name: "broken",
    open: async () => ({ store, buckets: BUCKETS, close: async () => undefined }),
    describe: (name, body) => {
      path.push(name);
      if (path.length === 1 || theme === undefined || name === theme) body();
      path.pop();
    },
    it: (name, test) => tests.push({ proof: `${path.at(-1)}: ${name}`, test }),
  });
  return tests;
}

function brokenStore({ breaks, options }: Fault): ObjectStore {
  const store = memoryStore({ clock: Date, buckets: BUCKETS, ...options });
  return { ...store, ...breaks(store) };
}

/** A slip in a broken store would fail the kit for the wrong reason. */
function isOurMistake(error: unknown): boolean {
  if (error instanceof Error && error.cause !== undefined) return isOurMistake(error.cause);
  return [TypeError, ReferenceError, RangeError].some((kind) => error instanceof kind);
}
