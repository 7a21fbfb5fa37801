import { createNamedEvents, type NewNamedEvent } from "@keywhen/core/names";
import type { ObjectStore } from "@keywhen/core/store";
import { ObjectStoreError } from "@keywhen/core/store";
import { faultyStore, manualClock, memoryStore } from "@keywhen/core/testing";
import { s3SchedulerCodec } from "@keywhen/s3-scheduler";
import { describe } from "vitest";
import { expectMessages, type Messages } from "./expect-messages.js";
import { messageTextsIn } from "./message-texts.js";

const OBJECT = { bucket: "schedule", key: "keywhen/names/a" };
const EVENT = { at: "2026-12-25T12:00Z", to: { bucket: "out", key: "k" } };
const OLD_ID = "2026-12-25T12:00:00.000Z|out|k|a;000000000000";
const { capabilities } = memoryStore();

/** Names on a store that is changed, at noon; pauses end immediately. */
function names(
  change: (
    store: ObjectStore,
    clock: ReturnType<typeof manualClock>,
  ) => Partial<ObjectStore> = () => ({}),
  options: object = {},
) {
  const manual = manualClock("2026-12-24T12:00Z");
  const clock = {
    ...manual,
    async sleep(ms: number) {
      await manual.advance(`${ms}ms`);
    },
  };
  const store = memoryStore({ clock });
  const location = {
    store: { ...store, ...change(store, manual) },
    bucket: "schedule",
    clock,
    random: (bytes: number) => new Uint8Array(bytes),
    ...options,
  };
  return { named: createNamedEvents(location), store };
}

const put = (event: object) => () =>
  names().named.put("a", { ...EVENT, ...event } as NewNamedEvent);

/** Puts an event under a name whose object holds this text. */
async function putOver(text: string) {
  const { named, store } = names();
  await store.put(OBJECT, new TextEncoder().encode(text));
  return named.put("a", EVENT);
}

async function putTwice(change: Parameters<typeof names>[0]) {
  const { named } = names(change);
  await named.put("a", EVENT);
  return named.put("a", EVENT);
}

const failing = (kind: "put" | "delete", part: string, message: string) => (store: ObjectStore) =>
  faultyStore(store, {
    before: (request) =>
      request.kind === kind && request.key?.includes(part)
        ? new ObjectStoreError({
            ...OBJECT,
            code: "denied",
            operation: kind,
            message,
            undecided: kind === "put",
          })
        : undefined,
  });

const doubtful = Array.from({ length: 33 }, (_, index) => ({
  id: `2026-12-25T12:00:00.000Z|out|k|a;${String(index).padStart(12, "0")}`,
  until: "2026-12-24T12:01:00.000Z",
}));

const MESSAGES: Messages = {
  'An event\'s name must be text without a slash at either end (got ⟦"/a"⟧).': () =>
    names().named.get("/a"),
  'The object of the name ⟦"a"⟧ can\'t be read by this version of keywhen. Update keywhen, or delete the object and put the event again.':
    () => putOver('{"version":2}'),
  'Named events need keywhen\'s own key format (got the codec ⟦"s3-scheduler"⟧): leave codec out.':
    () => names(undefined, { codec: s3SchedulerCodec, root: "scheduled" }),
  "Named events need ⟦conditional puts and a store that reports its time⟧, and this store does not have both. Keep the schedule in another store, or schedule events without names.":
    () => names(() => ({ capabilities: { ...capabilities, putIfVersion: false } })),
  "put() chooses the delivery id itself, from the name: leave ⟦deliveryId⟧ out, or use schedule().":
    put({ deliveryId: "x" }),
  "The body of a named event ⟦can't be a stream⟧: give bytes, or schedule() the event without a name.":
    put({ body: new ReadableStream() }),
  "The body of a named event must have at most 400000000 bytes (got ⟦400000001⟧): schedule() the event without a name.":
    put({ body: Object.defineProperty(new Uint8Array(1), "length", { value: 400_000_001 }) }),
  'search must be true or false (got ⟦"yes"⟧).': () =>
    names().named.cancel("a", { search: "yes" } as never),
  "It is unknown whether another caller is changing the name, and nothing was changed: ⟦the store's answer carries no readable time⟧ (the header Date). A proxy may have removed or changed it: connect to the store directly, or let the proxy pass that header on.":
    lostTime,
  'put ⟦schedule/keywhen/names/a⟧: other callers held the lock of the name "a" for a minute: try again later':
    () => putOver('{"version":1,"lock":{"token":"x","expires":"2026-12-24T12:50:00.000Z"}}'),
  'delete ⟦schedule/keywhen/names/a⟧: more than 32 earlier events of the name "a" could not be deleted: allow this caller to delete under pending/, and try again in a minute':
    () => putOver(JSON.stringify({ version: 1, doubtful })),
  'The event may or may not be stored under the name "a": the store\'s answer is missing (⟦put schedule/keywhen/names/a: no answer⟧). Put it again: a put replaces every event of the name that is still open.':
    () => names(failing("put", "/pending/", "no answer")).named.put("a", EVENT),
  'The event may or may not be stored under the name "a": the store\'s answer is missing (⟦put schedule/keywhen/pending/2026-12-25T12:00:00.000Z|out|k|a;000000000000: the lock of the name ended before it was sent⟧). Put it again: a put replaces every event of the name that is still open.':
    () => names(sleepingAfter("put", "/names/")).named.put("a", EVENT),
  [`The event is stored under the name "a", but the earlier event ⟦${OLD_ID}⟧ may be delivered as well, because no answer says that it is deleted (delete schedule/keywhen/names/a: not allowed). Put it again: a put replaces every event of the name that is still open.`]:
    () => putTwice(failing("delete", "/pending/", "not allowed")),
  'The event is stored under the name ⟦"a"⟧, but another caller may have replaced it already, because this call took too long. Put it again: a put replaces every event of the name that is still open.':
    () => putTwice(sleepingAfter("delete", "/pending/")),
};

/** The machine sleeps for 14 s after the first such request. */
function sleepingAfter(kind: "put" | "delete", part: string) {
  return (store: ObjectStore, clock: ReturnType<typeof manualClock>) => {
    let isAwake = true;
    return faultyStore(store, {
      after(request) {
        if (request.kind === kind && request.key?.includes(part) && isAwake) {
          clock.set("2026-12-24T12:00:14Z");
          isAwake = false;
        }
        return undefined;
      },
    });
  };
}

/** The store's answers carry no time from the second one on. */
async function lostTime() {
  const dated = { ...capabilities, clock: "store" } as const;
  const { named, store } = names((memory, clock) => {
    let reads = 0;
    return {
      capabilities: dated,
      async get(ref, call) {
        reads += 1;
        if (reads === 1) call?.onDate?.(new Date(clock.now()));
        return memory.get(ref, call);
      },
    };
  });
  const text = '{"version":1,"lock":{"token":"x","expires":"2026-12-24T12:00:10.000Z"}}';
  await store.put(OBJECT, new TextEncoder().encode(text));
  return named.cancel("a");
}

describe("messages about named events", () => {
  expectMessages({ messages: MESSAGES, texts: messageTextsIn(["packages/core/src/names"]) });
});
