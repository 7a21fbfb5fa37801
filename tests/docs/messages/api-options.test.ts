import { createScheduler, createShards, createSweeper } from "@keywhen/core";
import { memoryStore } from "@keywhen/core/testing";
import { describe } from "vitest";
import { expectComplete, expectMessages, type MessageRow } from "./expect-messages.js";
import { messageTextsIn } from "./message-texts.js";

class S3Client {
  send() {}
}

const store = memoryStore();
const home = { store, bucket: "schedule" };
const scheduler = createScheduler(home);
const event = { to: { bucket: "out", key: "k" }, at: "2099-12-24T09:00Z" };

const schedulerWith = (options: object) => () => createScheduler({ ...home, ...options });
const sweeperWith = (options: object) => () =>
  createSweeper({ ...home, allowTargets: ["*"], ...options });
const sweepWith = (call: object) => () => sweeperWith({})().sweep(call);
const withMetadata = (metadata: unknown) => () =>
  scheduler.schedule({ ...event, metadata: metadata as never });

const OPTIONS: readonly MessageRow[] = [
  {
    what: "no options",
    cause: () => createScheduler(undefined as never),
    message:
      "createScheduler() needs an object of options (got undefined). Use these properties: store, bucket, root, codec, clock, random, guard, shards, inspect.",
  },
  {
    what: "an option with a typo",
    cause: schedulerWith({ rot: "jobs" }),
    received: '"rot"',
    message: 'createScheduler() has no option "rot". Did you mean "root"?',
  },
  {
    what: "an unknown option",
    cause: schedulerWith({ timezone: "UTC" }),
    received: '"timezone"',
    message:
      'createScheduler() has no option "timezone". Use one of these: store, bucket, root, codec, clock, random, guard, shards, inspect.',
  },
  {
    what: "no store",
    cause: schedulerWith({ store: undefined }),
    message:
      "store is missing: give an ObjectStore, for example s3Store({ client }) or fsStore({ folder }).",
  },
  {
    what: "a client in place of a store",
    cause: schedulerWith({ store: new S3Client() }),
    received: "an S3Client",
    message:
      "store is an S3Client, which is not an ObjectStore: pass the store that an adapter makes, for example s3Store({ client }) or fsStore({ folder }).",
  },
  {
    what: "a clock that is not one",
    cause: schedulerWith({ clock: Date }),
    received: "a function",
    message:
      "clock must be a Clock with now(), monotonic() and sleep() (got a function): leave it out to use this machine's clock.",
  },
  {
    what: "a seed as the source of random numbers",
    cause: schedulerWith({ random: 42 }),
    received: "42",
    message: "random must be a function (got 42).",
  },
  {
    what: "the name of a codec",
    cause: schedulerWith({ codec: "v1" }),
    received: '"v1"',
    message: 'codec must be a KeyCodec (got "v1"): leave it out for keywhen\'s own key format.',
  },
  {
    what: "a schedule's bucket with a folder",
    cause: schedulerWith({ bucket: "acme/jobs" }),
    received: '"acme/jobs"',
    message:
      'bucket "acme/jobs" contains a slash: give the name alone, "acme". Pass a folder in it as root.',
  },
  {
    what: "a bucket that the store can't have",
    cause: schedulerWith({ bucket: "b".repeat(64) }),
    received: "64",
    message:
      "bucket \"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\" can't hold a schedule: the bucket's name has 64 characters; 1 to 63 are allowed. Choose another bucket.",
  },
  {
    what: "a store without order",
    cause: schedulerWith({ store: memoryStore({ capabilities: { orderedList: false } }) }),
    message:
      "This store does not list keys in order, so each sweep would have to read the whole schedule. Keep the schedule in another store; events can still be delivered to this one.",
  },
  {
    what: "too many shards",
    cause: schedulerWith({ shards: 257 }),
    received: "257",
    message: 'shards must be a whole number from 0 to 256, or "map" (got 257).',
  },
  {
    what: "a guard that is too short",
    cause: schedulerWith({ store: memoryStore({ capabilities: { clock: "store" } }), guard: "2s" }),
    received: "2s",
    message:
      "guard must be at least 3s (got 2s), because the clocks of writers, sweepers and store differ and HTTP dates have whole seconds.",
  },
  {
    what: "a signal in place of a call's options",
    cause: () => scheduler.get("x", new AbortController().signal as never),
    message: "get() takes an object of options: pass { signal }, not the signal itself.",
  },
  {
    what: "a controller in place of a signal",
    cause: () => scheduler.get("x", { signal: new AbortController() as never }),
    received: "an AbortController",
    message: "signal must be an AbortSignal, such as controller.signal (got an AbortController).",
  },
  {
    what: "metadata that is text",
    cause: withMetadata("a=1"),
    received: '"a=1"',
    message: 'metadata must be an object of names and values (got "a=1").',
  },
  {
    what: "a metadata name in capitals",
    cause: withMetadata({ User: "x" }),
    received: '"User"',
    message: '"User" is not a valid metadata name: use only a-z, 0-9 and -.',
  },
  {
    what: "a metadata name of keywhen",
    cause: withMetadata({ "keywhen-id": "x" }),
    received: '"keywhen-id"',
    message:
      'The metadata name "keywhen-id" is reserved: choose a name that doesn\'t begin with keywhen-.',
  },
  {
    what: "a metadata value that is a number",
    cause: withMetadata({ user: 1 }),
    received: "1",
    message: 'The metadata value of "user" must be a string (got 1): convert it.',
  },
  {
    what: "a metadata value outside ASCII",
    cause: withMetadata({ user: "é" }),
    received: '"é"',
    message:
      'The metadata value of "user" must be printable ASCII without a space at either end (got "é"): encode it, for example with encodeURIComponent.',
  },
  {
    what: "too much metadata",
    cause: withMetadata({ user: "x".repeat(2_048) }),
    received: "2108",
    message:
      "The metadata would be 2108 bytes, with what keywhen adds; the limit is 2048. Move some of it to the body.",
  },
  {
    what: "an empty owner",
    cause: sweeperWith({ owner: "" }),
    received: '""',
    message: 'owner must be a non-empty string (got "").',
  },
  {
    what: "an observer that is an object",
    cause: sweeperWith({ observe: {} }),
    received: "an object",
    message: "observe must be a function that takes each event: (event) => … (got an object).",
  },
  {
    what: "a sweeper that copies nothing",
    cause: sweeperWith({ concurrency: 0 }),
    received: "0",
    message: "concurrency must be a whole number of at least 1 (got 0).",
  },
  {
    what: "a lease that is too short",
    cause: sweeperWith({ leaseDuration: "5s" }),
    received: "5s",
    message:
      "leaseDuration must be from 10s to 60s (got 5s). After a crash, other sweepers wait until the lease ends.",
  },
  {
    what: "a poll that is too short",
    cause: sweepWith({ lookAhead: "1m", poll: "50ms" }),
    received: "50ms",
    message: "poll must be at least 100ms (got 50ms).",
  },
  {
    what: "a look-ahead that is too long",
    cause: sweepWith({ lookAhead: "2h" }),
    received: "2h",
    message: "lookAhead must be between 2s and 1h (got 2h).",
  },
  {
    what: "a shard that does not exist",
    cause: sweepWith({ shard: { index: 3, count: 2 } }),
    received: "index 3, count 2",
    message:
      "shard must have an index from 1 to its count, both whole numbers (got index 3, count 2).",
  },
  {
    what: "a number of shards that is too large",
    cause: () => createShards(home).setShards(300),
    received: "300",
    message: "The number of shards must be a whole number from 0 (none) to 256 (got 300).",
  },
  {
    what: "an observer that throws undefined",
    cause: observerError,
    message: "The observer threw no value. Throw an Error, so that the report can show it.",
  },
  {
    what: "a shard map that is not one",
    cause: async () => {
      await store.put(
        { bucket: "broken", key: "keywhen/shards.json" },
        new TextEncoder().encode("[]"),
      );
      return createShards({ store, bucket: "broken" }).read();
    },
    message:
      "get broken/keywhen/shards.json: this version of keywhen can't read the shard map: update keywhen, or write the map again with setShards()",
  },
];

/** What the report of a sweep has of an observer that throws `undefined`. */
async function observerError(): Promise<unknown> {
  const report = await createSweeper({
    ...home,
    allowTargets: ["*"],
    observe: () => {
      throw undefined;
    },
  }).sweep();
  return report.observerError instanceof Error ? report.observerError.message : undefined;
}

describe("messages about options", () => {
  expectMessages(OPTIONS);
  expectComplete(
    ["input", "options", "report", "shards"]
      .flatMap((folder) => messageTextsIn(`packages/core/src/${folder}`, () => true))
      .concat(messageTextsIn("packages/core/src/sweep", (file) => file === "create-sweeper.ts")),
    OPTIONS,
  );
});
