import type { ObjectStore } from "@keywhen/core/store";
import { memoryStore } from "@keywhen/core/testing";
import { describe, expect, it } from "vitest";
import { cancellationFaults } from "./broken-stores/cancellation.js";
import { capabilitiesFaults } from "./broken-stores/capabilities.js";
import { clockFaults } from "./broken-stores/clock.js";
import { conditionsFaults } from "./broken-stores/conditions.js";
import { copyFaults } from "./broken-stores/copy.js";
import { deletionFaults } from "./broken-stores/deletion.js";
import type { Fault, Faults } from "./broken-stores/fault.js";
import { headersFaults } from "./broken-stores/headers.js";
import { keysFaults } from "./broken-stores/keys.js";
import { listFaults } from "./broken-stores/list.js";
import { missingFaults } from "./broken-stores/missing.js";
import { moveFaults } from "./broken-stores/move.js";
import { namesFaults } from "./broken-stores/names.js";
import { putAndGetFaults } from "./broken-stores/put-and-get.js";
import { createRegister, type RegisteredProof } from "./command/run-proofs.js";
import { proveStore } from "./prove-store.js";

const FAULTS: Readonly<Record<string, Faults>> = {
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

const known = new Map<Faults[string], Promise<readonly Failure[]>>();

for (const [theme, faults] of Object.entries(FAULTS)) {
  describe(`the theme "${theme}" fails a store that`, () => {
    it.each(Object.entries(faults))("%s", async (_, fault) => {
      const failures = await failuresBy(fault, theme);
      expect(failures.map(({ proof }) => proof)).not.toEqual([]);
      expect(failures.filter(({ error }) => isOurMistake(error))).toEqual([]);
    });
  });
}

describe("proveStore()", () => {
  it("passes the store that isn't broken", async () => {
    expect(await failuresOf(brokenStore(() => ({})))).toEqual([]);
  });

  it("has no proof that can't fail", async () => {
    const failed = new Set<string>();
    for (const [theme, faults] of Object.entries(FAULTS)) {
      for (const fault of Object.values(faults)) {
        for (const { proof } of await failuresBy(fault, theme)) failed.add(proof);
      }
    }
    const all = registered(memoryStore({ clock: Date })).map(nameOf);
    expect(all.filter((proof) => !failed.has(proof))).toEqual([]);
  }, 60_000);
});

function failuresBy(fault: Faults[string], theme: string): Promise<readonly Failure[]> {
  const failures = known.get(fault) ?? failuresOf(brokenStore(fault), theme);
  known.set(fault, failures);
  return failures;
}

async function failuresOf(store: ObjectStore, theme?: string): Promise<Failure[]> {
  const failures: Failure[] = [];
  for (const proof of registered(store)) {
    if (theme !== undefined && proof.theme !== theme) continue;
    await proof.run().catch((error: unknown) => failures.push({ proof: nameOf(proof), error }));
  }
  return failures;
}

function registered(store: ObjectStore): readonly RegisteredProof[] {
  const { describe, it, proofs } = createRegister();
  const opened = { store, buckets: BUCKETS, close: async () => undefined };
  proveStore({ name: "broken", open: async () => opened, describe, it });
  return proofs;
}

function nameOf({ theme, promise }: RegisteredProof): string {
  return `${theme}: ${promise}`;
}

function brokenStore(fault: Faults[string]): ObjectStore {
  const { breaks, options }: Fault = typeof fault === "function" ? { breaks: fault } : fault;
  const store = memoryStore({ clock: Date, buckets: BUCKETS, ...options });
  return { ...store, ...breaks(store) };
}

/** A mistake of ours would fail the kit for the wrong reason. */
function isOurMistake(error: unknown): boolean {
  if (error instanceof Error && error.cause !== undefined) return isOurMistake(error.cause);
  return [TypeError, ReferenceError, RangeError].some((kind) => error instanceof kind);
}
