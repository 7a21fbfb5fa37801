import { createScheduler, createShards, createSweeper } from "@keywhen/core";
import { memoryStore } from "@keywhen/core/testing";
import { describe } from "vitest";
import { expectMessages, type Messages } from "./expect-messages.js";
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

const OPTIONS: Messages = {
  "createScheduler() needs an object of options (got ⟦undefined⟧). Use these properties: store, bucket, root, codec, clock, random, guard, shards, inspect.":
    () => createScheduler(undefined as never),
  'createScheduler() has no option ⟦"rot"⟧. Did you mean "root"?': schedulerWith({ rot: "jobs" }),
  'createScheduler() has no option ⟦"timezone"⟧. Use one of these: store, bucket, root, codec, clock, random, guard, shards, inspect.':
    schedulerWith({ timezone: "UTC" }),
  "⟦store⟧ is missing: give an ObjectStore, for example s3Store({ client }) or fsStore({ folder }).":
    schedulerWith({ store: undefined }),
  "store is ⟦an S3Client⟧, which is not an ObjectStore: pass the store that an adapter makes, for example s3Store({ client }) or fsStore({ folder }).":
    schedulerWith({ store: new S3Client() }),
  "clock must be a Clock with now(), monotonic() and sleep() (got ⟦a function⟧): leave it out to use this machine's clock.":
    schedulerWith({ clock: Date }),
  "random must be a function (got ⟦42⟧).": schedulerWith({ random: 42 }),
  'codec must be a KeyCodec (got ⟦"v1"⟧): leave it out for keywhen\'s own key format.':
    schedulerWith({ codec: "v1" }),
  'bucket ⟦"acme/jobs"⟧ contains a slash: give the name alone, "acme". Pass a folder in it as root.':
    schedulerWith({ bucket: "acme/jobs" }),
  "bucket \"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\" can't hold a schedule: the bucket's name has ⟦64⟧ characters; 1 to 63 are allowed. Choose another bucket.":
    schedulerWith({ bucket: "b".repeat(64) }),
  "This store ⟦does not list keys in order⟧, so each sweep would have to read the whole schedule. Keep the schedule in another store; events can still be delivered to this one.":
    schedulerWith({ store: memoryStore({ capabilities: { orderedList: false } }) }),
  'shards must be a whole number from 0 to 256, or "map" (got ⟦257⟧).': schedulerWith({
    shards: 257,
  }),
  "guard must be at least 3s (got ⟦2s⟧), because the clocks of writers, sweepers and store differ and HTTP dates have whole seconds.":
    schedulerWith({ store: memoryStore({ capabilities: { clock: "store" } }), guard: "2s" }),
  "get() takes an object of options: pass { signal }, not ⟦the signal itself⟧.": () =>
    scheduler.get("x", new AbortController().signal as never),
  "signal must be an AbortSignal, such as controller.signal (got ⟦an AbortController⟧).": () =>
    scheduler.get("x", { signal: new AbortController() as never }),
  'metadata must be an object of names and values (got ⟦"a=1"⟧).': withMetadata("a=1"),
  '⟦"User"⟧ is not a valid metadata name: use only a-z, 0-9 and -.': withMetadata({ User: "x" }),
  'The metadata name ⟦"keywhen-id"⟧ is reserved: choose a name that doesn\'t begin with keywhen-.':
    withMetadata({ "keywhen-id": "x" }),
  'The metadata value of "user" must be a string (got ⟦1⟧): convert it.': withMetadata({ user: 1 }),
  'The metadata value of "user" must be printable ASCII without a space at either end (got ⟦"é"⟧): encode it, for example with encodeURIComponent.':
    withMetadata({ user: "é" }),
  "The metadata would be ⟦2108⟧ bytes, with what keywhen adds; the limit is 2048. Move some of it to the body.":
    withMetadata({ user: "x".repeat(2_048) }),
  'owner must be a non-empty string (got ⟦""⟧).': sweeperWith({ owner: "" }),
  "observe must be a function that takes each event: (event) => … (got ⟦an object⟧).": sweeperWith({
    observe: {},
  }),
  "wakeUps must be what recurringWakeUps() of @keywhen/recurring returns (got ⟦an object⟧).":
    sweeperWith({ wakeUps: {} }),
  'journal must be true or false (got ⟦"yes"⟧).': sweeperWith({ journal: "yes" }),
  "concurrency must be a whole number of at least 1 (got ⟦0⟧).": sweeperWith({ concurrency: 0 }),
  "leaseDuration must be from 10s to 60s (got ⟦5s⟧). After a crash, other sweepers wait until the lease ends.":
    sweeperWith({ leaseDuration: "5s" }),
  "poll must be at least 100ms (got ⟦50ms⟧).": sweepWith({ lookAhead: "1m", poll: "50ms" }),
  "lookAhead must be between 2s and 1h (got ⟦2h⟧).": sweepWith({ lookAhead: "2h" }),
  "shard must have an index from 1 to its count, both whole numbers (got ⟦index 3, count 2⟧).":
    sweepWith({ shard: { index: 3, count: 2 } }),
  "The number of shards must be a whole number from 0 (none) to 256 (got ⟦300⟧).": () =>
    createShards(home).setShards(300),
  "The observer threw ⟦no value⟧. Throw an Error, so that the report can show it.": observerError,
  "get ⟦broken/keywhen/shards.json⟧: this version of keywhen can't read the shard map: update keywhen, or write the map again with setShards()":
    async () => {
      await store.put(
        { bucket: "broken", key: "keywhen/shards.json" },
        new TextEncoder().encode("[]"),
      );
      return createShards({ store, bucket: "broken" }).read();
    },
};

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
  expectMessages({
    messages: OPTIONS,
    texts: messageTextsIn([
      "packages/core/src/input",
      "packages/core/src/options",
      "packages/core/src/report",
      "packages/core/src/shards",
      "packages/core/src/sweep/check-sweeper-options.ts",
    ]),
  });
});
