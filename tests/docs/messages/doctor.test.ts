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
import { expectMessages, type Messages } from "./expect-messages.js";
import { messageTextsIn } from "./message-texts.js";

const NOON = "2026-12-24T12:00:00Z";
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
  '"keywhen/⟦pending/a⟧" comes after a key that should follow it; keep the schedule in another store: events would be late or never delivered':
    found("list order", listing(pending("b"), pending("a"))),
  "the oldest due event has waited for ⟦2 h⟧; start a sweeper (keywhen sweep), or check what it reports about this event":
    found("lag", {}, {}, { [pending("2026-12-24T10:00:00.000Z|out|k|d")]: "" }),
  "unrecognized objects before the first event: ⟦1⟧; move them out of the schedule: every sweep lists them":
    found("lag", {}, {}, { [pending("note.txt")]: "" }),
  "⟦1⟧ could not be delivered; keywhen dead list shows why; fix the cause, then run keywhen dead redrive":
    found("dead letters", {}, {}, { "keywhen/dead/2026-12-24T10:00:00.000Z|out|k|d": "" }),
  "keywhen/⟦pending.05⟧/2026-12-24T10:00:00.000Z|out|k|d is in a shard that no sweeper lists; set the number that its writer uses: keywhen shards set":
    found("shard map", {}, {}, { "keywhen/pending.05/2026-12-24T10:00:00.000Z|out|k|d": "" }),
  "⟦keywhen/shards.json⟧ is not a shard map, or a newer version wrote it; sweepers list all 256 shards until this is fixed; install the newest keywhen, or replace the file with keywhen shards set":
    found("shard map", {}, {}, { "keywhen/shards.json": "[]" }),
  "a copy of a missing object to ⟦out/keywhen-probe⟧ was confirmed; do not use this store for events":
    found(
      "target out/*",
      { copy: async () => ({ outcome: "copied" }) },
      { allowTargets: ["out/*"], probe: true },
    ),
  "⟦list⟧ schedule: failed; grant this identity the permission to list in bucket schedule":
    failing("denied"),
  "list ⟦schedule⟧: failed; provide, correct or renew the credentials": failing("unauthenticated"),
  "list ⟦schedule⟧: failed; correct the bucket's name or the store URL, or create bucket schedule":
    failing("no-such-bucket"),
  "list ⟦schedule⟧: failed; keep the schedule in another store": failing("not-supported"),
  "list ⟦schedule⟧: failed; run it again when the store is less busy": failing("throttled"),
  "list ⟦schedule⟧: failed; check the network and the store's address": failing("unavailable"),
  "list ⟦schedule⟧: failed; run it again; if it fails again, report it with this line":
    failing("unexpected"),
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

const PROBES: Messages = {
  "⟦not declared⟧: no event can have a chosen delivery id; if the store's documentation promises them, declare them and run this check again":
    found("put if absent", without({ putIfAbsent: false }), PROBE),
  "⟦not declared⟧: sweepers can't share the work by a lease; if the store's documentation promises them, declare them and run this check again":
    found("put if version", without({ putIfVersion: false }), PROBE),
  "⟦an existing key⟧ was written again; declare the store without it; otherwise keywhen breaks its promises without an error":
    found(
      "put if absent",
      puts("absent", (count) => (count % 8 === 0 ? "written" : "exists")),
      PROBE,
    ),
  "⟦a plain put⟧ was not written; declare the store without it; otherwise keywhen breaks its promises without an error":
    found(
      "put if version",
      puts("version", () => "exists"),
      PROBE,
    ),
  "⟦an old version⟧ was accepted as the newest; declare the store without it; otherwise keywhen breaks its promises without an error":
    found(
      "put if version",
      puts("version", (count) => (count === 0 || count % 8 === 1 ? "written" : "changed")),
      PROBE,
    ),
  'a put without a condition answers ⟦"exists"⟧; keep the schedule in another store': found(
    "put",
    puts("source", () => "exists"),
    PROBE,
  ),
  "⟦the object just written⟧ is missing; keep the schedule in another store": found(
    "get",
    { get: async (ref, call) => (isAt(ref.key, "source") ? undefined : plain.get(ref, call)) },
    PROBE,
  ),
  "22 bytes were written, ⟦3⟧ different bytes were read; keep the schedule in another store": found(
    "get",
    { get: async () => openedOf("abc") },
    PROBE,
  ),
  'a copy of an existing object answers ⟦"source-gone"⟧; keep the schedule in another store': found(
    "copy",
    { copy: async () => ({ outcome: "source-gone" }) },
    PROBE,
  ),
  "a ⟦copy was confirmed but⟧ is missing; keep the schedule in another store": found(
    "copy",
    { copy: async () => ({ outcome: "copied" }) },
    PROBE,
  ),
  "a copy with new metadata has the metadata of ⟦kept⟧; keep the schedule in another store": found(
    "copy",
    headed("copy-with-metadata", { metadata: { "keywhen-probe": "kept" } }),
    PROBE,
  ),
  "a copy loses ⟦its content type or cache control⟧; keep the schedule in another store": found(
    "copy",
    headed("copy", { cacheControl: undefined }),
    PROBE,
  ),
  "the delete was confirmed, but ⟦the object still exists⟧; keep the schedule in another store":
    found("delete", { delete: async (_, keys) => keys.map(() => ({ outcome: "gone" })) }, PROBE),
};

const FINE_PROBES: Messages = {
  "byte order, from any key": found("list order", {}, PROBE),
  "returns the written bytes": found("get", {}, PROBE),
  "keeps headers, keeps or replaces metadata": found("copy", {}, PROBE),
  "⟦keywhen/probe/⟧ is empty again": found("clean-up", {}, PROBE),
};

function openedOf(text: string): OpenObject | undefined {
  const { body } = new Response(text);
  if (body === null) return undefined;
  const none = { contentType: undefined, contentEncoding: undefined, cacheControl: undefined };
  const info = { size: text.length, lastModified: new Date(0), version: "v", metadata: {} };
  return { ...none, ...info, body };
}

describe("what the doctor finds", () => {
  expectMessages({
    messages: { ...READS, ...PROBES },
    facts: { "nothing is wrong": { ...FINE_READS, ...FINE_PROBES } },
    texts: messageTextsIn(["packages/doctor/src"]),
  });
});
