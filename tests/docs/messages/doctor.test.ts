import { createScheduler, createSweeper } from "@keywhen/core";
import {
  type ObjectStore,
  ObjectStoreError,
  type OpenObject,
  type StoreErrorCode,
} from "@keywhen/core/store";
import { faultyStore, manualClock, memoryStore } from "@keywhen/core/testing";
import { examineStore } from "@keywhen/doctor";
import { describe } from "vitest";
import { expectComplete, expectMessages, type MessageRow } from "./expect-messages.js";
import { messageTextsIn } from "./message-texts.js";

const NOON = "2026-12-24T12:00:00Z";
const FINE = "nothing is wrong";
const clock = manualClock(NOON);
const random = (bytes: number) => new Uint8Array(bytes);

type Options = Partial<Parameters<typeof examineStore>[0]>;
type Objects = Readonly<Record<string, string>>;

/** What the doctor finds of one name: the detail, and the hint. */
function found(
  name: string,
  changes: Partial<ObjectStore>,
  options: Options = {},
  objects: Objects = {},
) {
  return async () => {
    const plain = memoryStore({ clock });
    for (const [key, text] of Object.entries(objects)) {
      await plain.put({ bucket: "schedule", key }, new TextEncoder().encode(text));
    }
    return lookFor(name, { ...plain, ...changes }, options);
  };
}

async function lookFor(name: string, store: ObjectStore, options: Options = {}): Promise<string> {
  for await (const finding of examineStore({
    store,
    bucket: "schedule",
    clock,
    random,
    ...options,
  })) {
    if (finding.name !== name) continue;
    return finding.hint === undefined ? finding.detail : `${finding.detail}; ${finding.hint}`;
  }
  throw new Error(`The doctor finds nothing of ${name}.`);
}

const { capabilities } = memoryStore();
const without = (changes: object) => ({ capabilities: { ...capabilities, ...changes } });
const pending = (id: string) => `keywhen/pending/${id}`;
const listing = (...keys: readonly string[]) => ({
  list: async () => ({
    objects: keys.map((key) => ({ key, size: 1, lastModified: new Date(0) })),
    more: false,
  }),
});

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

const READS: readonly MessageRow[] = [
  {
    what: "the clock of a store on this machine",
    cause: found("clock", {}),
    message: "the store uses this machine's clock",
    noAction: FINE,
  },
  {
    what: "the clock of a store without time",
    cause: found("clock", without({ clock: "none" })),
    message:
      "the store reports no time, so sweepers can't share the work; run one sweeper at a time, on a machine with a correct clock",
  },
  {
    what: "the clock of a store whose time is removed",
    cause: found("clock", without({ clock: "store" })),
    message: "the store's answers have no time; check whether a proxy removes the Date header",
  },
  {
    what: "a clock that is wrong",
    cause: () =>
      lookFor(
        "clock",
        memoryStore({
          clock: { now: () => clock.now() - 60_000 },
          capabilities: { clock: "store" },
        }),
      ),
    received: "59.5 s",
    message:
      "this machine is 59.5 s ahead of the store; set this machine's clock (NTP): with a difference of 1.25 s or more, cancelling and delivering are unsafe",
  },
  {
    what: "no lease",
    cause: found("lease", without({ putIfVersion: false })),
    message:
      "no lease, because this store does not have conditional puts or is not known to honor them, so sweepers can't share the work; run one sweeper at a time; for an S3 endpoint that honors conditional puts, set its service",
  },
  {
    what: "a lease that was never taken",
    cause: found("lease", {}),
    message: "no sweeper has taken it yet",
    noAction: FINE,
  },
  {
    what: "a lease that is free",
    cause: afterSweep,
    message: "no sweeper is at work right now",
    noAction: FINE,
  },
  {
    what: "a lease that is not one",
    cause: found("lease", {}, {}, { "keywhen/lease/sweep.json": "[]" }),
    received: "keywhen/lease/sweep.json",
    message:
      "keywhen/lease/sweep.json is not a lease; find out which program wrote it; the next sweep replaces it, and first looks for each due event at its target",
  },
  {
    what: "a list without order",
    cause: found("list order", listing(pending("b"), pending("a"))),
    received: "pending/a",
    message:
      '"keywhen/pending/a" comes after a key that should follow it; keep the schedule in another store: events would be late or never delivered',
  },
  {
    what: "a list of few keys",
    cause: found("list order", {}),
    message: "too few keys to compare (--probe writes some)",
    noAction: FINE,
  },
  {
    what: "a list in order",
    cause: found("list order", listing(pending("a"), pending("b"))),
    received: "2",
    message: "2 keys in byte order",
    noAction: FINE,
  },
  {
    what: "an event that waits for long",
    cause: found("lag", {}, {}, { [pending("2026-12-24T10:00:00.000Z|out|k|d")]: "" }),
    received: "2 h",
    message:
      "the oldest due event has waited for 2 h; start a sweeper (keywhen sweep), or check what it reports about this event",
  },
  {
    what: "objects that are not events",
    cause: found("lag", {}, {}, { [pending("note.txt")]: "" }),
    received: "1",
    message:
      "unrecognized objects before the first event: 1; move them out of the schedule: every sweep lists them",
  },
  {
    what: "a dead letter",
    cause: found("dead letters", {}, {}, { "keywhen/dead/2026-12-24T10:00:00.000Z|out|k|d": "" }),
    received: "1",
    message:
      "1 could not be delivered; keywhen dead list shows why; fix the cause, then run keywhen dead redrive",
  },
  {
    what: "an event in a shard that is not swept",
    cause: found(
      "shard map",
      {},
      {},
      { "keywhen/pending.05/2026-12-24T10:00:00.000Z|out|k|d": "" },
    ),
    received: "pending.05",
    message:
      "keywhen/pending.05/2026-12-24T10:00:00.000Z|out|k|d is in a shard that no sweeper lists; set the number that its writer uses: keywhen shards set",
  },
  {
    what: "a shard map that is not one",
    cause: found("shard map", {}, {}, { "keywhen/shards.json": "[]" }),
    received: "keywhen/shards.json",
    message:
      "keywhen/shards.json is not a shard map, or a newer version wrote it; sweepers list all 256 shards until this is fixed; install the newest keywhen, or replace the file with keywhen shards set",
  },
  {
    what: "a target's bucket that is missing",
    cause: found(
      "target out/*",
      { list: async () => ({ objects: [], more: false, isBucketMissing: true }) },
      { allowTargets: ["out/*"] },
    ),
    received: "out",
    message: "bucket out will be created by the first delivery",
    noAction: FINE,
  },
  {
    what: "a target that may not be listed",
    cause: deniedTarget,
    message: "can't be listed with this identity's permissions, but sweeps do not need that",
    noAction: FINE,
  },
  {
    what: "a target that takes copies",
    cause: found("target out/*", {}, { allowTargets: ["out/*"], probe: true }),
    message: "accepts copies, as far as a check without writing can show",
    noAction: FINE,
  },
  {
    what: "a target that takes what is missing",
    cause: found(
      "target out/*",
      { copy: async () => ({ outcome: "copied" }) },
      { allowTargets: ["out/*"], probe: true },
    ),
    received: "out/keywhen-probe",
    message:
      "a copy of a missing object to out/keywhen-probe was confirmed; do not use this store for events",
  },
  {
    what: "a missing permission",
    cause: failing("denied"),
    received: "list",
    message: "list schedule: failed; grant this identity the permission to list in bucket schedule",
  },
  {
    what: "rejected credentials",
    cause: failing("unauthenticated"),
    received: "schedule",
    message: "list schedule: failed; provide, correct or renew the credentials",
  },
  {
    what: "a missing bucket",
    cause: failing("no-such-bucket"),
    received: "schedule",
    message:
      "list schedule: failed; correct the bucket's name or the store URL, or create bucket schedule",
  },
  {
    what: "a list that is not supported",
    cause: failing("not-supported"),
    received: "schedule",
    message: "list schedule: failed; keep the schedule in another store",
  },
  {
    what: "a busy store",
    cause: failing("throttled"),
    received: "schedule",
    message: "list schedule: failed; run it again when the store is less busy",
  },
  {
    what: "a store that does not answer",
    cause: failing("unavailable"),
    received: "schedule",
    message: "list schedule: failed; check the network and the store's address",
  },
  {
    what: "another error",
    cause: failing("unexpected"),
    received: "schedule",
    message: "list schedule: failed; run it again; if it fails again, report it with this line",
  },
];

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

const PROBE = { probe: true } as const;
const plain = memoryStore({ clock });
const isAt = (key: string, name: string) => key.endsWith(`/${name}`);

/** Answers the puts of one probe: those with a condition as it says, and every other one as the store does. */
function puts(
  name: string,
  answer: (count: number) => "written" | "exists" | "changed",
): Partial<ObjectStore> {
  let count = 0;
  return {
    put: async (ref, body, options) => {
      if (!isAt(ref.key, name)) return plain.put(ref, body, options);
      const outcome = answer(count++);
      return outcome === "written" ? { outcome, version: "v" } : { outcome };
    },
    get: plain.get,
    head: plain.head,
    copy: plain.copy,
    list: plain.list,
    delete: plain.delete,
  };
}

const headed = (name: string, changes: object): Partial<ObjectStore> => {
  const store = memoryStore({ clock });
  return {
    ...store,
    head: async (ref) => {
      const info = await store.head(ref);
      return info !== undefined && isAt(ref.key, name) ? { ...info, ...changes } : info;
    },
  };
};

const PROBES: readonly MessageRow[] = [
  {
    what: "no put if absent",
    cause: found("put if absent", without({ putIfAbsent: false }), PROBE),
    message:
      "not declared: no event can have a chosen delivery id; if the store's documentation promises them, declare them and run this check again",
  },
  {
    what: "no put if version",
    cause: found("put if version", without({ putIfVersion: false }), PROBE),
    message:
      "not declared: sweepers can't share the work by a lease; if the store's documentation promises them, declare them and run this check again",
  },
  {
    what: "a put if absent of a key that exists",
    cause: found(
      "put if absent",
      puts("absent", (count) => (count % 8 === 0 ? "written" : "exists")),
      PROBE,
    ),
    message:
      "an existing key was written again; declare the store without it; otherwise keywhen breaks its promises without an error",
  },
  {
    what: "a put if version that is not written",
    cause: found(
      "put if version",
      puts("version", () => "exists"),
      PROBE,
    ),
    message:
      "a plain put was not written; declare the store without it; otherwise keywhen breaks its promises without an error",
  },
  {
    what: "a put if version of an old version",
    cause: found(
      "put if version",
      puts("version", (count) => (count === 0 || count % 8 === 1 ? "written" : "changed")),
      PROBE,
    ),
    message:
      "an old version was accepted as the newest; declare the store without it; otherwise keywhen breaks its promises without an error",
  },
  {
    what: "keys in order, by a probe",
    cause: found("list order", {}, PROBE),
    message: "byte order, from any key",
    noAction: FINE,
  },
  {
    what: "a put that answers exists",
    cause: found(
      "put",
      puts("source", () => "exists"),
      PROBE,
    ),
    received: '"exists"',
    message: 'a put without a condition answers "exists"; keep the schedule in another store',
  },
  {
    what: "an object that is missing",
    cause: found(
      "get",
      { get: async (ref, call) => (isAt(ref.key, "source") ? undefined : plain.get(ref, call)) },
      PROBE,
    ),
    message: "the object just written is missing; keep the schedule in another store",
  },
  {
    what: "an object with other bytes",
    cause: found("get", { get: async () => openedOf("abc") }, PROBE),
    received: "3",
    message:
      "22 bytes were written, 3 different bytes were read; keep the schedule in another store",
  },
  {
    what: "an object that is returned",
    cause: found("get", {}, PROBE),
    message: "returns the written bytes",
    noAction: FINE,
  },
  {
    what: "a copy of nothing",
    cause: found("copy", { copy: async () => ({ outcome: "source-gone" }) }, PROBE),
    received: '"source-gone"',
    message:
      'a copy of an existing object answers "source-gone"; keep the schedule in another store',
  },
  {
    what: "a copy that is missing",
    cause: found("copy", { copy: async () => ({ outcome: "copied" }) }, PROBE),
    message: "a copy was confirmed but is missing; keep the schedule in another store",
  },
  {
    what: "a copy with other metadata",
    cause: found(
      "copy",
      headed("copy-with-metadata", { metadata: { "keywhen-probe": "kept" } }),
      PROBE,
    ),
    received: "kept",
    message:
      "a copy with new metadata has the metadata of kept; keep the schedule in another store",
  },
  {
    what: "a copy without its headers",
    cause: found("copy", headed("copy", { cacheControl: undefined }), PROBE),
    message: "a copy loses its content type or cache control; keep the schedule in another store",
  },
  {
    what: "a copy that is whole",
    cause: found("copy", {}, PROBE),
    message: "keeps headers, keeps or replaces metadata",
    noAction: FINE,
  },
  {
    what: "an object that is still there",
    cause: found(
      "delete",
      { delete: async (_, keys) => keys.map(() => ({ outcome: "gone" })) },
      PROBE,
    ),
    message:
      "the delete was confirmed, but the object still exists; keep the schedule in another store",
  },
  {
    what: "what a probe leaves",
    cause: found("clean-up", {}, PROBE),
    received: "keywhen/probe/",
    message: "keywhen/probe/ is empty again",
    noAction: FINE,
  },
];

function openedOf(text: string): OpenObject | undefined {
  const { body } = new Response(text);
  if (body === null) return undefined;
  const none = { contentType: undefined, contentEncoding: undefined, cacheControl: undefined };
  const info = { size: text.length, lastModified: new Date(0), version: "v", metadata: {} };
  return { ...none, ...info, body };
}

describe("what the doctor finds", () => {
  const rows = [...READS, ...PROBES];
  expectMessages(rows);
  expectComplete(
    messageTextsIn("packages/doctor/src", () => true),
    rows,
  );
});
