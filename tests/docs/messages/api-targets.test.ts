import { createScheduler, createSweeper, eventId, pendingKey } from "@keywhen/core";
import { codecV1 } from "@keywhen/core/internal";
import { memoryStore } from "@keywhen/core/testing";
import { describe } from "vitest";
import { expectMessages, type Messages } from "./expect-messages.js";
import { messageTextsIn } from "./message-texts.js";

const AT = "2099-12-24T09:00Z";
const scheduler = createScheduler({ store: memoryStore(), bucket: "schedule" });
const scheduleTo = (to: unknown) => () => scheduler.schedule({ to: to as never, at: AT });
const scheduleWith = (options: object) => () =>
  scheduler.schedule({ to: { bucket: "out", key: "k" }, at: AT, ...options });
const scheduleFor = (deliveryId: unknown) => scheduleWith({ deliveryId });

const withShortNames = createScheduler({
  store: memoryStore({
    capabilities: { limits: { keyBytes: 1_024, bucketCharacters: 63, keySegmentCharacters: 40 } },
  }),
  bucket: "schedule",
});

const allow = (allowTargets: unknown) => () =>
  createSweeper({ store: memoryStore(), bucket: "schedule", allowTargets: allowTargets as never });

const TARGETS: Messages = {
  "The ⟦target⟧ is missing: give to as { bucket, key }.": scheduleTo(undefined),
  'to must be { bucket, key } (got ⟦"out/k"⟧).': scheduleTo("out/k"),
  "The ⟦target bucket⟧ is empty: give its name.": scheduleTo({ bucket: "", key: "k" }),
  "The target bucket must be a string (got ⟦7⟧).": scheduleTo({ bucket: 7, key: "k" }),
  'The target bucket ⟦"s3://acme/x"⟧ is a URL: give the name alone, "acme".': scheduleTo({
    bucket: "s3://acme/x",
    key: "k",
  }),
  'The target bucket ⟦"arn:aws:s3:::acme"⟧ is an ARN: give the name alone, "acme".': scheduleTo({
    bucket: "arn:aws:s3:::acme",
    key: "k",
  }),
  'The target bucket ⟦"acme/jobs"⟧ contains a slash: give the name alone, "acme". Put the rest into the key.':
    scheduleTo({ bucket: "acme/jobs", key: "k" }),
  'The target bucket ⟦"out "⟧ begins or ends with a space: remove it.': scheduleTo({
    bucket: "out ",
    key: "k",
  }),
  "The target bucket's name has ⟦64⟧ characters; the limit is 63. Choose a bucket with a shorter name.":
    scheduleTo({ bucket: "b".repeat(64), key: "k" }),
  "The ⟦target key⟧ is empty: name the object to write, like reports/42.json.": scheduleTo({
    bucket: "out",
    key: "",
  }),
  "The target key must be a string (got ⟦42⟧).": scheduleTo({ bucket: "out", key: 42 }),
  "The target key is ⟦1,030⟧ bytes; the limit is 1,024: shorten it by 6.": scheduleTo({
    bucket: "out",
    key: "k".repeat(1_030),
  }),
  "The target key has ⟦45⟧ characters between two slashes; this store's limit is 40: shorten that part by 5.":
    () => withShortNames.schedule({ to: { bucket: "out", key: `a/${"k".repeat(45)}` }, at: AT }),
  "The key, with its delivery id, has ⟦81⟧ characters between two slashes; this store's limit is 40: shorten that part by 41.":
    () =>
      withShortNames.schedule({
        to: { bucket: "out", key: "k" },
        at: AT,
        deliveryId: "d".repeat(50),
      }),
  'The target ⟦"out/\\ud800"⟧ contains a lone surrogate (half of a character), which no store can keep. Remove it.':
    scheduleTo({ bucket: "out", key: "\ud800" }),
  '⟦"\\ud800"⟧ contains a lone surrogate (half of a character), which no store can keep. Remove it.':
    () =>
      codecV1.encode({
        atMs: 0,
        to: { bucket: "out", key: "\ud800" },
        deliveryId: "d",
        suffix: undefined,
      }),
  "The key would be 1,019 bytes; the limit is 1,015 (the store's 1,024 less 9 for a later reschedule). The target key is ⟦961⟧ bytes once escaped (é counts 6): shorten it by 4.":
    scheduleTo({ bucket: "out", key: `é${"k".repeat(955)}` }),
  "The key would be 1,047 bytes; the limit is 1,015 (the store's 1,024 less 9 for a later reschedule). The delivery id is ⟦1,000⟧ bytes once escaped: shorten it by 32.":
    scheduleFor("d".repeat(1_000)),
  'expiresAfter must be from 1s to 11574d (got ⟦"10ms"⟧).': scheduleWith({ expiresAfter: "10ms" }),
  'window must be at most 49d (got ⟦"60d"⟧).': scheduleWith({ window: "60d" }),
  "The window of ⟦15m⟧ ends after the year 9999, the last one supported. Choose an earlier time.":
    scheduleWith({ window: "15m", at: "9999-12-31T23:59:59.999Z" }),
  "deliveryId must be a string (got ⟦42⟧).": scheduleFor(42),
  "⟦deliveryId⟧ is empty: give at least one character, or leave it out for a random one.":
    scheduleFor(""),
  'deliveryId ⟦"\\udc00"⟧ contains a lone surrogate (half of a character), which no store can keep. Remove it.':
    scheduleFor("\udc00"),
  "eventId() needs ⟦the deliveryId⟧ of the event. If you did not choose one, use the id that schedule() returned.":
    () => eventId({ at: AT, to: { bucket: "out", key: "k" } } as never),
  '⟦"42"⟧ is not an event\'s id. Ids look like 2026-12-24T08:00:00.000Z|bucket|key|delivery-id; quote them in a shell.':
    () => scheduler.get("42"),
  "⟦an object⟧ is not an event's id. Pass its property id.": () =>
    scheduler.get({ id: "x" } as never),
  '⟦"2099-12-24T09:00:00.000Z%7Cout%7Ck%7Cd"⟧ is not an event\'s id. It is escaped as in a URL: pass decodeURIComponent() of it.':
    () => scheduler.get("2099-12-24T09:00:00.000Z%7Cout%7Ck%7Cd"),
  "root must be a string, such as keywhen or acme/jobs (got ⟦42⟧).": () =>
    pendingKey({ to: { bucket: "out", key: "k" }, at: AT }, { root: 42 as never }),
  'root ⟦"jobs/"⟧ is not allowed: use letters (A-Z, a-z), digits and -_.!()*:@,=+&$; with single slashes between the parts, such as acme/jobs.':
    () => codecV1.checkRoot("jobs/"),
  'root ⟦"jobs/dead"⟧ contains the reserved part "dead": choose another name.': () =>
    codecV1.checkRoot("jobs/dead"),
  "The key format ⟦mine⟧ does not support shards: leave codec out, or use no shards.": () =>
    createScheduler({
      store: memoryStore(),
      bucket: "schedule",
      shards: 4,
      codec: { ...codecV1, name: "mine", shardPrefix: undefined } as never,
    }),
};

const FORMS = 'Write "bucket/*", "bucket/prefix/*", "bucket/key", or "*" for every target.';

/** Messages about target patterns: each pattern, and what is wrong with it. */
function patterns(problems: object): Messages {
  const rows = Object.entries(problems).map(([pattern, problem]) => [
    `Invalid target pattern ⟦${JSON.stringify(pattern)}⟧: ${problem}`,
    allow([pattern]),
  ]);
  return Object.fromEntries(rows);
}

const PATTERNS: Messages = {
  '⟦allowTargets⟧ is required. Anyone who can write to the schedule can make the sweeper copy on their behalf. Name the targets: ["reminders/*"], or ["*"] for every target.':
    allow(undefined),
  '⟦allowTargets⟧ is empty. Anyone who can write to the schedule can make the sweeper copy on their behalf. Name the targets: ["reminders/*"], or ["*"] for every target.':
    allow([]),
  'allowTargets must be an array of target patterns, for example ["reminders/*"] (got ⟦"out/*"⟧).':
    allow("out/*"),
  'allowTargets[1] must be a string (got ⟦42⟧), for example "reminders/*".': allow(["out/*", 42]),
  'Invalid target pattern ⟦"o\\u202eut/*"⟧: its bucket contains a character that can\'t be seen. Write "out/*".':
    allow(["o\u202eut/*"]),
  ...patterns({
    "": `it is empty. ${FORMS}`,
    out: 'it has no key. Write "out/*".',
    "/out/k": 'it has no bucket. Write "out/k".',
    "*/k": `its bucket contains a *. ${FORMS}`,
    "out/*.json": 'it contains a * before its end. Write "out/*".',
    "b?/*": `its bucket contains ?, and the only wildcard is a * at the end. ${FORMS}`,
    "out/\uff0a": 'it contains a character that only looks like *. Write "out/*".',
    "'out/*'": "the quotes are part of it. Write out/* without quotes.",
    "s3://out/*": 'it begins with s3://. Write "out/*".',
    " out/*": 'it begins with a space. Write "out/*".',
    "out/* ": 'it ends with a space. Write "out/*".',
    "out/a\u0000b": `it contains a control character. ${FORMS}`,
    "out/\ud800": `it contains a lone surrogate (half of a character). ${FORMS}`,
    "out put/*": `its bucket contains a space. ${FORMS}`,
    "o'ut/*": `its bucket contains a quote. ${FORMS}`,
    "out\\a/*": 'its bucket contains a backslash. Write "out/a/*".',
    "../*": `no bucket is called "..". ${FORMS}`,
    "arn:aws:s3:::out/*": 'it is a bucket\'s ARN. Write "out/*".',
    "arn:aws:iam::123456789012:role/x": `it is an ARN, but not of an access point. ${FORMS}`,
  }),
};

describe("messages about targets, keys and ids", () => {
  expectMessages({
    messages: { ...TARGETS, ...PATTERNS },
    texts: messageTextsIn(["packages/core/src/key", "packages/core/src/targets"]),
    exempt: {
      "part of an observer event": [
        " is in the schedule's own folder, where no event is delivered",
        ", and no destination has this bucket's name",
      ],
    },
  });
});
