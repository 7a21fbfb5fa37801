import { createScheduler, createShards } from "@keywhen/core";
import { answering, EVENT, ID } from "./answering-store.js";
import { framed, type Messages } from "./expect-messages.js";

const PREFIX = "keywhen/pending/";

async function firstOf<T>(items: AsyncIterable<T>): Promise<T | undefined> {
  for await (const item of items) return item;
  return undefined;
}

const get = (answers: object) => () => createScheduler(answering(answers)).get(ID);
const list = (page: unknown) => () =>
  firstOf(createScheduler(answering({ list: async () => page })).list());
const readShards = (opened: unknown) => () =>
  createShards(answering({ get: async () => opened })).read();

/** Cancels an event on a store that answers a delete as given. */
const cancel = (answer: unknown) => async () => {
  const home = answering({ delete: async () => answer });
  await createScheduler(home).schedule(EVENT);
  return errorOf(await createScheduler(home).cancel(ID));
};

/** Moves an event on a store that answers a copy as given. */
const move = (answer: unknown) => async () => {
  const home = answering({ copy: async () => answer });
  await createScheduler(home).schedule(EVENT);
  return errorOf(await createScheduler(home).reschedule(ID, { at: "2026-12-24T14:00Z" }));
};

function errorOf(result: object): unknown {
  return "error" in result && result.error instanceof Error ? result.error.message : result;
}

export const INFO = { size: 1, lastModified: new Date(0), version: "v", metadata: {} };
const page = (keys: readonly string[], more = false) => ({
  objects: keys.map((key) => ({ key, size: 1, lastModified: new Date(0) })),
  more,
});

const KEY = `schedule/keywhen/pending/${ID}`;

/** What the answer to a request must be. */
const answerOf = (request: string, wrong: Messages) => {
  const [method] = request.split(" ");
  return framed(
    (rule) => `${request}: the answer of the store's ${method}() must ${rule}: correct the store`,
    wrong,
  );
};

export const ANSWERS: Messages = {
  ...answerOf("list schedule/keywhen/pending/", {
    "be a page of keys (got ⟦null⟧)": list(null),
    "have an array of objects (got ⟦undefined⟧)": list({ more: false }),
    'say in "more" whether more keys follow (got ⟦undefined⟧)': list({ objects: [] }),
    "have a key, a size and lastModified in each object (not so at ⟦index 0⟧)": list({
      objects: ["k"],
      more: false,
    }),
  }),
  ...answerOf(`head ${KEY}`, {
    "be an object's information, or undefined if there is no object (got ⟦null⟧)": get({
      head: async () => null,
    }),
    'have a size (got ⟦"1"⟧)': get({ head: async () => ({ ...INFO, size: "1" }) }),
    'have a valid date lastModified (got ⟦"today"⟧)': get({
      head: async () => ({ ...INFO, lastModified: "today" }),
    }),
    "have metadata (got ⟦null⟧)": get({ head: async () => ({ ...INFO, metadata: null }) }),
    "have a version (got ⟦7⟧)": get({ head: async () => ({ ...INFO, version: 7 }) }),
  }),
  ...answerOf("get schedule/keywhen/shards.json", {
    'have a stream as its body (got ⟦"text"⟧)': readShards({ ...INFO, body: "text" }),
  }),
  ...answerOf(`copy ${KEY.replace("13:00", "14:00")}~01e0e35d`, {
    'have the outcome "copied" or "source-gone" (got ⟦"moved"⟧)': move({ outcome: "moved" }),
  }),
  ...answerOf(`delete ${KEY}`, {
    "be an array of results (got ⟦true⟧)": cancel(true),
    "have an ObjectStoreError in each failure (got ⟦an Error⟧)": cancel([
      { outcome: "failed", error: new Error("x") },
    ]),
  }),
  [`delete ⟦${KEY}⟧: the store's answer has no result for this key: correct the store, its delete() must return one for each key`]:
    cancel([]),
  [`The event may or may not be stored: the store's answer is missing (put ${KEY}: the answer of the store's put() must have the outcome "written" or "exists" or "changed" (got ⟦true⟧): correct the store). Call get() with this error's id to see whether it waits.`]:
    () => createScheduler(answering({ put: async () => true })).schedule(EVENT),
  ...framed(
    (problem) =>
      `list schedule/keywhen/pending/: ${problem}. Keep the schedule in another store, or correct this one.`,
    {
      'the page contains ⟦"other/k"⟧, which does not begin with the prefix "keywhen/pending/"':
        list(page(["other/k"])),
      'the page after "keywhen/pending/0000-01-01T00:00:00.000Z" begins with ⟦"keywhen/pending/"⟧, so the listing does not advance: the store ignores where it must start':
        list(page([PREFIX])),
      'the page contains ⟦"keywhen/pending/a"⟧ after "keywhen/pending/b", so it is not in byte order':
        list(page([`${PREFIX}b`, `${PREFIX}a`])),
      "the page is ⟦empty⟧, but the store reports that more keys follow": list(page([], true)),
    },
  ),
};
