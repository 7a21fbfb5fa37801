import { createShards, createSweeper, type Duration, KeywhenError } from "@keywhen/core";
import { createNamedEvents } from "@keywhen/core/names";
import {
  type ObjectStore,
  ObjectStoreError,
  type RequestKind,
  type StoreErrorCode,
} from "@keywhen/core/store";
import { faultyStore, manualClock, memoryStore } from "@keywhen/core/testing";
import { ChangedFileError, explainError } from "../../../apps/cli/src/output/explain-error.js";
import type { Facts, Messages } from "./expect-messages.js";
import { keywhen, MINE } from "./keywhen.js";

const ID = "2096-11-25T08:00:00.000Z|out|k|d";
const DUE = "2026-01-01T00:00:00.000Z|out|k|d";
const NEW = "--at 2096-12-24T08:00Z";
const SCHEDULE = "schedule --at 2096-11-25T08:00Z --to out/k --delivery-id d";

interface Stored {
  readonly pending?: string;
  readonly dead?: string;
  /** In one of 8 shards. */
  readonly shard?: string;
  readonly journal?: string;
  /** How the store answers otherwise. */
  readonly answers?: Partial<ObjectStore>;
}

async function scheduleWith({ pending, dead, shard, journal, answers }: Stored = {}) {
  const store = memoryStore();
  for (const [folder, id] of Object.entries({ pending, dead, "pending.05": shard, journal })) {
    const key = `keywhen/${folder}/${id}`;
    if (id !== undefined) await store.put({ bucket: "schedule", key }, new Uint8Array(3));
  }
  return { store: { ...store, ...answers }, bucket: "schedule" };
}

const on =
  (exitCode: number, args: string, stored: Stored = {}, input?: string) =>
  async () => {
    const schedule = await scheduleWith(stored);
    return keywhen(exitCode, `${args} ${MINE}`, { schedule, ...(input && { input }) })();
  };

const failed = (operation: RequestKind, code: StoreErrorCode = "unexpected") =>
  new ObjectStoreError({ code, operation, bucket: "schedule", message: "no answer" });
const answers: Partial<ObjectStore> = {
  delete: async (_, keys) => keys.map(() => ({ outcome: "failed", error: failed("delete") })),
};
const failingPut = (code?: StoreErrorCode): Stored => ({
  answers: { put: () => Promise.reject(failed("put", code)) },
});

const UNDECIDED: Messages = {
  "undecided: the store's answer for ⟦'2096-11-25T08:00:00.000Z|out|k|d'⟧ is missing or came too late. Run keywhen show to see whether it still waits.":
    on(4, `cancel ${ID}`, { pending: ID, answers }),
  "undecided: ⟦'2026-01-01T00:00:00.000Z|out|k|d'⟧ will not be delivered from now on, but a sweep had tried it: it may have been delivered and then removed from its target. Check the consumer that reads the target.":
    cancelTried,
  "undecided: both ⟦'2096-11-25T08:00:00.000Z|out|k|d'⟧ and '2096-12-24T08:00:00.000Z|out|k|d~d2d7c4fb' may wait, with one delivery id. Run the same command again to finish the move.":
    on(4, `reschedule ${ID} ${NEW}`, { pending: ID, answers }),
  "undecided: both the dead letter ⟦'2096-11-25T08:00:00.000Z|out|k|d'⟧ and '2096-12-24T08:00:00.000Z|out|k|d~d2d7c4fb' may be there, with one delivery id. Check with keywhen dead show and keywhen show. If both are there, purge the dead letter.":
    on(4, `dead redrive ${ID} ${NEW}`, { dead: ID, answers }),
  "undecided: the store's answer for ⟦'2096-11-25T08:00:00.000Z|out|k|d'⟧ is missing (delete schedule: no answer). Run the same command again.":
    on(4, `dead purge ${ID}`, { dead: ID, answers }),
  "undecided: the store's answer is missing or late (put schedule: no answer). Run keywhen show ⟦'2096-11-25T08:00:00.000Z|out|k|d'⟧ to see whether it waits.":
    on(4, SCHEDULE, failingPut()),
};

/** Cancels an event that a sweep has tried to deliver. */
async function cancelTried(): Promise<unknown> {
  const schedule = await scheduleWith({ pending: DUE });
  const after = ({ kind }: { kind: string }) => (kind === "copy" ? failed("copy") : undefined);
  const store = faultyStore(schedule.store, { after });
  await createSweeper({ ...schedule, store, allowTargets: ["*"] }).sweep();
  return keywhen(4, `cancel --overdue ${DUE} ${MINE}`, { schedule })();
}

/** Drops the number 8, which was set some days ago, and replaced an hour or more later. */
const dropEight =
  (daysAgo: number, stored?: Stored, isReplaced = true) =>
  async () => {
    const schedule = await scheduleWith(stored);
    const clock = manualClock(new Date(Date.now() - daysAgo * 86_400_000));
    await createShards({ ...schedule, clock }).setShards(8);
    await clock.advance("1h");
    if (isReplaced) await createShards({ ...schedule, clock }).setShards(0);
    return keywhen(4, `shards drop 8 ${MINE}`, { schedule })();
  };

/** Cancels an event while a sweeper holds the lease. */
async function cancelHeld(): Promise<unknown> {
  const schedule = await scheduleWith({ pending: DUE });
  const until = new Date(Date.now() + 50_000).toISOString();
  const lease = { version: 1, holders: [{ owner: "web-1 pid 7", until, expires: until }] };
  const key = "keywhen/lease/sweep.json";
  await schedule.store.put({ bucket: "schedule", key }, Buffer.from(JSON.stringify(lease)));
  return keywhen(4, `cancel --overdue ${DUE} ${MINE}`, { schedule })();
}

/** Works on the event of the name "a", which is due in this time. */
const onNamed =
  (exitCode: number, args: string, span: Duration, changes: Partial<ObjectStore> = {}) =>
  async () => {
    const schedule = await scheduleWith();
    const names = createNamedEvents({ ...schedule, clock: manualClock(new Date()) });
    await names.put("a", { in: span, to: { bucket: "out", key: "k" } });
    const store = { ...schedule.store, ...changes };
    const printed = await keywhen(exitCode, `${args} ${MINE}`, {
      schedule: { ...schedule, store },
    })();
    return String(printed).replace(/'[^']*\|a;[^']*'/, "ID");
  };

const NAMES: Messages = {
  "No event waits under the name ⟦'a'⟧. It was delivered or cancelled, or never put. If the object of the name was lost, run the command with --search.":
    [on(3, "show --name a"), on(3, "cancel --name a")],
  "undecided: the store's answer for the name ⟦'a'⟧ is missing or came too late. Run the same command again.":
    onNamed(4, "cancel --name a", "1h", {
      delete: async (_, keys) => keys.map(() => ({ outcome: "failed", error: undecided() })),
    }),
};

const undecided = () =>
  new ObjectStoreError({
    code: "unexpected",
    operation: "delete",
    bucket: "schedule",
    message: "",
  });

const OTHERS: Messages = {
  "No event ⟦with the delivery id x⟧ waits. They were delivered, cancelled or moved, or never scheduled. See keywhen list for waiting events.":
    on(3, "cancel --delivery-id x"),
  "No event ⟦whose delivery id begins with x/⟧ waits. They were delivered, cancelled or moved, or never scheduled. See keywhen list for waiting events.":
    on(3, "reschedule --delivery-id x/* --in 1h"),
  "There is no waiting event with the id ⟦'2096-11-25T08:00:00.000Z|out|k|d'⟧. It was delivered, cancelled or moved, or never scheduled. See keywhen list for waiting events, keywhen dead list for dead letters.":
    [on(3, `show ${ID}`), on(3, `cancel ${ID}`), on(3, `reschedule ${ID} ${NEW}`)],
  "There is no dead letter with the id ⟦'2096-11-25T08:00:00.000Z|out|k|d'⟧. It was redriven or purged, or was never dead-lettered. See keywhen dead list for those that are left.":
    [on(3, `dead show ${ID}`), on(3, `dead purge ${ID}`), on(3, `dead redrive ${ID}`)],
  "More than one id begins with ⟦\"2096\"⟧. Give one of these: '2096-11-25T08:00:00.000Z|out|k|d', '2096-11-25T08:00:00.000Z|out|k|e'.":
    showTwo,
  "too late: ⟦'2026-01-01T00:00:00.000Z|out|k|d'⟧ closed at TIME. It was not changed. If it still waits, the next sweep delivers it. If no sweeper runs, run keywhen cancel --overdue '2026-01-01T00:00:00.000Z|out|k|d'.":
    on(4, `cancel ${DUE}`, { pending: DUE }),
  "too late: a sweeper is at work, or has delivered ⟦'2026-01-01T00:00:00.000Z|out|k|d'⟧. Run keywhen show to see whether it still waits. If it does, stop all sweepers and try again.":
    cancelHeld,
  "too late, nothing stored: due ⟦TIME⟧. Choose a later time, or leave out --delivery-id: with it, an event must be stored a few seconds before it is due.":
    on(4, "schedule --at 2026-01-01T00:00Z --to out/k --delivery-id d"),
  "With --delivery-id this store needs ⟦the length of the payload⟧, which a long pipe doesn't have. Write it into a file and give --file.":
    on(2, SCHEDULE, failingPut("not-supported"), "x".repeat(5_000_000)),
  "There is no journal at ⟦mine:x⟧. Start the sweeper with --journal. What it delivers then is in the journal within a minute.":
    on(3, "log"),
  "The journal has ⟦no such entry⟧. Try a longer --since.": on(0, "log", {
    journal: "2026/11/24/080000.412Z-7k3m9p2q4r5t.ndjson",
  }),
  "⟦4⟧ is not in the shard map. See keywhen shards show for the numbers that are.": on(
    3,
    "shards drop 4",
  ),
  "⟦8⟧ stays in the shard map: writers use it, or will. Set another number first.": dropEight(
    3,
    {},
    false,
  ),
  "⟦8⟧ stays in the shard map: writers may still use it. Drop it from TIME on.": dropEight(0.5),
  "⟦8⟧ stays in the shard map: '2096-11-25T08:00:00.000Z|out|k|d' waits in one of its shards. Drop it when that event has been delivered or cancelled.":
    dropEight(3, { shard: ID }),
};

/** Shows the beginning of two ids. */
async function showTwo(): Promise<unknown> {
  const schedule = await scheduleWith({ pending: ID });
  const key = `keywhen/pending/${ID.replace("|d", "|e")}`;
  await schedule.store.put({ bucket: "schedule", key }, new Uint8Array(3));
  return keywhen(2, `show 2096 ${MINE}`, { schedule })();
}

const explained = (error: unknown, store?: string, adapter?: string) => () => {
  const { message, hint } = explainError(error, store, adapter);
  return hint === undefined ? message : `${message} ${hint}`;
};

/** What is said of a store's error. */
const refused =
  (code: StoreErrorCode, store: string, operation: RequestKind = "put", message = "No.") =>
  () => {
    const ref = { bucket: "acme", key: "keywhen/pending/2096-11-25T08:00:00.000Z|out|k|d" };
    const undecided = code !== "denied";
    return explained(
      new ObjectStoreError({ code, operation, ...ref, message, undecided }),
      store,
    )();
  };

const ERRORS: Messages = {
  "Can't write ⟦acme/keywhen/pending/⟧: No. Nothing was changed. Correct the folder or its disk, or --store.":
    refused("denied", "file:./data"),
  "Can't write ⟦acme/keywhen/pending/⟧: No. It may have been carried out anyway. Correct the folder or its disk, or --store.":
    refused("unavailable", "file:./data"),
  'There is no bucket ⟦"acme"⟧ in file:./data: No. Correct --store, or create a folder there.':
    refused("no-such-bucket", "file:./data"),
  'There is no bucket ⟦"acme"⟧ in gs://acme. Create it, or correct its name (and, on S3, the region).':
    refused("no-such-bucket", "gs://acme"),
  "Permission denied: can't write ⟦acme/keywhen/pending/⟧ (No). Grant this identity the permission, or correct --store.":
    refused("denied", "gs://acme"),
  "Permission denied: can't write ⟦acme/keywhen/pending/⟧ (No). Grant this identity the permission s3:PutObject on bucket acme.":
    refused("denied", "s3://acme"),
  "Permission denied: can't copy to ⟦acme/keywhen/pending/⟧ (No). Grant this identity the permission s3:PutObject there (and s3:GetObject on the schedule) on bucket acme.":
    refused("denied", "s3://acme", "copy"),
  "The store rejected the credentials (⟦ExpiredToken⟧): renew them.": refused(
    "unauthenticated",
    "s3://acme",
    "list",
    "the store rejected the credentials (ExpiredToken): renew them",
  ),
  "⟦No AWS credentials⟧ found. Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.":
    explained(withoutCredentials()),
  "The store did not answer (⟦No⟧). It may have been carried out anyway. Check the network and the store's address, then try again.":
    refused("unavailable", "s3://acme"),
  "The store did not answer (⟦No⟧). Check the network and the store's address, then try again.":
    refused("unavailable", "s3://acme", "list"),
  "The store refuses requests because of load (⟦No⟧). Try again later.": refused(
    "throttled",
    "s3://acme",
  ),
  "Another write of the same object was in progress (⟦No⟧). It may have been carried out anyway. Try again.":
    refused("conflict", "s3://acme"),
  "This store can't do that: ⟦No⟧. Run keywhen doctor --probe to see what the store supports.":
    refused("not-supported", "s3://acme"),
  "The store can't have this name: ⟦No⟧. Choose another bucket or key.": refused(
    "invalid-key",
    "s3://acme",
  ),
  "Unexpected failure of the store: put acme/keywhen/pending/2096-11-25T08:00:00.000Z|out|k|d: ⟦No⟧. It may have been carried out anyway. Repeat it with -v to see more.":
    refused("unexpected", "s3://acme"),
  "⟦x is not a function⟧. This is a bug in keywhen. Report it with what -v prints.": explained(
    new TypeError("x is\n not a function"),
  ),
  "⟦x is undefined⟧. This is a bug in keywhen or in the adapter ./my-store.mjs. Report it with what -v prints.":
    explained(new TypeError("x is undefined"), "my:x", "./my-store.mjs"),
  "⟦log⟧ grew while it was read, so it was not stored. Copy it first and give the copy, or pipe it in to store its content so far, without a fixed length.":
    explained(new ChangedFileError("log", "grew")),
  "⟦The clock⟧ is wrong. Run keywhen doctor to see how far the clocks are apart.": explained(
    new KeywhenError("clock-skew", "The clock is wrong."),
  ),
};

function withoutCredentials(): ObjectStoreError {
  const cause = Object.assign(new Error("none"), { name: "CredentialsProviderError" });
  const error = failed("list", "unauthenticated");
  return Object.assign(error, { cause });
}

export const OUTCOMES: Messages = { ...UNDECIDED, ...NAMES, ...OTHERS, ...ERRORS };

export const OUTCOME_FACTS: Facts = {
  "the event of the call waits": {
    "An earlier event of this name had closed, and may be delivered in addition: ID.": onNamed(
      0,
      "put a --in 1h --to out/k --body x",
      "0s",
    ),
  },
  "the next sweep delivers it": {
    "too late: the event of 'a' closed at TIME. It was not changed. If it still waits, the next sweep delivers it.":
      onNamed(4, "cancel --name a", "0s"),
    "too late: '2026-01-01T00:00:00.000Z|out|k|d' closed at TIME. It was not changed. If it still waits, the next sweep delivers it.":
      on(4, `reschedule ${DUE} ${NEW}`),
    "This instant was AGO: the next sweep dead-letters it, because it has expired.": on(
      0,
      "schedule --at 2026-01-01T00:00Z --expires-after 10m --to out/k",
    ),
    "This instant was AGO: the next sweep delivers it.": on(
      0,
      "schedule --at 2026-01-01T00:00Z --to out/k",
    ),
  },
  "a note": {
    "Note: the payload is empty.": keywhen(0, "schedule --in 1h --to a/b -n", { input: "" }),
    "Note: keywhen does not read KEYWHEN_STROE (did you mean KEYWHEN_STORE?). It reads KEYWHEN_STORE, KEYWHEN_ADAPTER, KEYWHEN_ALLOW_TARGETS, KEYWHEN_SHARDS, KEYWHEN_JOURNAL, KEYWHEN_TZ, KEYWHEN_WEBHOOK_SECRET.":
      keywhen(0, "cost --events 1", { env: { KEYWHEN_STROE: "s3://b" } }),
    "There is no folder ./data/schedule yet, so nothing is scheduled there. The first event creates it; if you expected events, correct the store URL.":
      keywhen(0, "list"),
  },
  "the user pressed Ctrl-C": {
    "interrupted. It may have been carried out anyway.": refused("aborted", "s3://acme"),
  },
};
