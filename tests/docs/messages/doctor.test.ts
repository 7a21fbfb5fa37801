import { createScheduler, createSweeper } from "@keywhen/core";
import { ObjectStoreError, type StoreErrorCode } from "@keywhen/core/store";
import { faultyStore, memoryStore } from "@keywhen/core/testing";
import { describe } from "vitest";
import { clock, found, listing, lookFor, NOON, pending, without } from "./doctor-findings.js";
import { FINE_PROBES, PROBES } from "./doctor-probes.js";
import { FINE_SCHEDULES, SCHEDULES } from "./doctor-schedules.js";
import { expectMessages, framed, type Messages } from "./expect-messages.js";
import { messageTextsIn } from "./message-texts.js";

/** A store whose lists fail with a code. */
const failing = (code: StoreErrorCode) => () => {
  const error = new ObjectStoreError({
    code,
    operation: "list",
    bucket: "schedule",
    message: "failed",
    retryable: false,
  });
  const before = ({ kind }: { kind: string }) => (kind === "list" ? error : undefined);
  return lookFor("store", faultyStore(memoryStore({ clock }), { before }));
};

async function afterSweep(): Promise<string> {
  const store = memoryStore({ clock });
  await createScheduler({ store, bucket: "schedule", clock }).schedule({
    to: { bucket: "out", key: "k" },
    at: NOON,
  });
  await createSweeper({ store, bucket: "schedule", clock, allowTargets: ["*"] }).sweep();
  return lookFor("lease", store);
}

const READS: Messages = {
  "the store reports ⟦no time⟧, so sweepers can't share the work; run one sweeper at a time, on a machine with a correct clock":
    found("clock", without({ clock: "none" })),
  "the store's answers have ⟦no time⟧; check whether a proxy removes the Date header": found(
    "clock",
    without({ clock: "store" }),
  ),
  "this machine is ⟦59.5 s⟧ ahead of the store; set this machine's clock (NTP): with a difference of 1.25 s or more, cancelling and delivering are unsafe":
    () =>
      lookFor(
        "clock",
        memoryStore({
          clock: { now: () => clock.now() - 60_000 },
          capabilities: { clock: "store" },
        }),
      ),
  "⟦no lease⟧, because this store does not have conditional puts or is not known to honor them, so sweepers can't share the work; run one sweeper at a time; for an S3 endpoint that honors conditional puts, set its service":
    found("lease", without({ putIfVersion: false })),
  "⟦keywhen/lease/sweep.json⟧ is not a lease; find out which program wrote it; the next sweep replaces it, and first looks for each due event at its target":
    found("lease", {}, {}, { "keywhen/lease/sweep.json": "[]" }),
  '⟦"keywhen/pending/a"⟧ comes after a key that should follow it; keep the schedule in another store: events would be late or never delivered':
    found("list order", listing(pending("b"), pending("a"))),
  "the oldest due event has waited for ⟦2 h⟧; start a sweeper (keywhen sweep), or check what it reports about this event":
    found("lag", {}, {}, { [pending("2026-12-24T10:00:00.000Z|out|k|d")]: "" }),
  "the oldest due event has waited for 2 h; expired, to be dead-lettered: ⟦1⟧; start a sweeper (keywhen sweep), or check what it reports about this event":
    found("lag", {}, {}, { [pending("2026-12-24T10:00:00.000Z|out|k|d~x600000")]: "" }),
  "unrecognized objects before the first event: ⟦1⟧; move them out of the schedule: every sweep lists them":
    found("lag", {}, {}, { [pending("note.txt")]: "" }),
  "⟦1⟧ could not be delivered; keywhen dead list shows why; fix the cause, then run keywhen dead redrive":
    found("dead letters", {}, {}, { "keywhen/dead/2026-12-24T10:00:00.000Z|out|k|d": "" }),
  "⟦keywhen/pending.05/2026-12-24T10:00:00.000Z|out|k|d⟧ is in a shard that no sweeper lists; set the number that its writer uses: keywhen shards set":
    found("shard map", {}, {}, { "keywhen/pending.05/2026-12-24T10:00:00.000Z|out|k|d": "" }),
  "⟦keywhen/shards.json⟧ is not a shard map, or a newer version wrote it; sweepers list all 256 shards until this is fixed; install the newest keywhen, or replace the file with keywhen shards set":
    found("shard map", {}, {}, { "keywhen/shards.json": "[]" }),
  "a copy of a missing object to ⟦out/keywhen-probe⟧ was confirmed; do not use this store for events":
    found(
      "target out/*",
      { copy: async () => ({ outcome: "copied" }) },
      { allowTargets: ["out/*"], probe: true },
    ),
  ...framed((todo) => `list ⟦schedule⟧: failed; ${todo}`, {
    "grant this identity the permission to list in bucket schedule": failing("denied"),
    "provide, correct or renew the credentials": failing("unauthenticated"),
    "correct the bucket's name or the store URL, or create bucket schedule":
      failing("no-such-bucket"),
    "keep the schedule in another store": failing("not-supported"),
    "run it again when the store is less busy": failing("throttled"),
    "check the network and the store's address": failing("unavailable"),
    "run it again; if it fails again, report it with this line": failing("unexpected"),
  }),
};

const FINE_READS: Messages = {
  "the store uses this machine's clock": found("clock", {}),
  "no sweeper has taken it yet": found("lease", {}),
  "no sweeper is at work right now": afterSweep,
  "too few keys to compare (--probe writes some)": found("list order", {}),
  "⟦2⟧ keys in byte order": found("list order", listing(pending("a"), pending("b"))),
  "bucket ⟦out⟧ will be created by the first delivery": found(
    "target out/*",
    { list: async () => ({ objects: [], more: false, isBucketMissing: true }) },
    { allowTargets: ["out/*"] },
  ),
  "can't be listed with this identity's permissions, but sweeps do not need that": deniedTarget,
  "accepts copies, as far as a check without writing can show": found(
    "target out/*",
    {},
    { allowTargets: ["out/*"], probe: true },
  ),
};

function deniedTarget(): Promise<string> {
  const denied = new ObjectStoreError({
    code: "denied",
    operation: "list",
    bucket: "out",
    message: "no",
  });
  const before = ({ bucket }: { bucket: string }) => (bucket === "out" ? denied : undefined);
  return lookFor("target out/*", faultyStore(memoryStore({ clock }), { before }), {
    allowTargets: ["out/*"],
  });
}

describe("what the doctor finds", () => {
  expectMessages({
    messages: { ...READS, ...SCHEDULES, ...PROBES },
    facts: { "nothing is wrong": { ...FINE_READS, ...FINE_SCHEDULES, ...FINE_PROBES } },
    texts: messageTextsIn(["packages/doctor/src"]),
  });
});
