import { createScheduler, createSweeper, eventId, pendingKey } from "@keywhen/core";
import { codecV1 } from "@keywhen/core/internal";
import { memoryStore } from "@keywhen/core/testing";
import { describe } from "vitest";
import { expectComplete, expectMessages, type MessageRow } from "./expect-messages.js";
import { messageTextsIn } from "./message-texts.js";

const AT = "2099-12-24T09:00Z";
const scheduler = createScheduler({ store: memoryStore(), bucket: "schedule" });
const scheduleTo = (to: unknown) => () => scheduler.schedule({ to: to as never, at: AT });
const scheduleFor = (deliveryId: unknown) => () =>
  scheduler.schedule({ to: { bucket: "out", key: "k" }, at: AT, deliveryId: deliveryId as never });

const withShortNames = createScheduler({
  store: memoryStore({
    capabilities: { limits: { keyBytes: 1_024, bucketCharacters: 63, keySegmentCharacters: 40 } },
  }),
  bucket: "schedule",
});

const allow = (allowTargets: unknown) => () =>
  createSweeper({ store: memoryStore(), bucket: "schedule", allowTargets: allowTargets as never });

const TARGETS: readonly MessageRow[] = [
  {
    what: "no target",
    cause: scheduleTo(undefined),
    message: "The target is missing: give to as { bucket, key }.",
  },
  {
    what: "a target that is text",
    cause: scheduleTo("out/k"),
    received: '"out/k"',
    message: 'to must be { bucket, key } (got "out/k").',
  },
  {
    what: "an empty bucket",
    cause: scheduleTo({ bucket: "", key: "k" }),
    message: "The target bucket is empty: give its name.",
  },
  {
    what: "a bucket that is a number",
    cause: scheduleTo({ bucket: 7, key: "k" }),
    received: "7",
    message: "The target bucket must be a string (got 7).",
  },
  {
    what: "a bucket that is a URL",
    cause: scheduleTo({ bucket: "s3://acme/x", key: "k" }),
    received: '"s3://acme/x"',
    message: 'The target bucket "s3://acme/x" is a URL: give the name alone, "acme".',
  },
  {
    what: "a bucket that is an ARN",
    cause: scheduleTo({ bucket: "arn:aws:s3:::acme", key: "k" }),
    received: '"arn:aws:s3:::acme"',
    message: 'The target bucket "arn:aws:s3:::acme" is an ARN: give the name alone, "acme".',
  },
  {
    what: "a bucket with a slash",
    cause: scheduleTo({ bucket: "acme/jobs", key: "k" }),
    received: '"acme/jobs"',
    message:
      'The target bucket "acme/jobs" contains a slash: give the name alone, "acme". Put the rest into the key.',
  },
  {
    what: "a bucket with a space at its end",
    cause: scheduleTo({ bucket: "out ", key: "k" }),
    received: '"out "',
    message: 'The target bucket "out " begins or ends with a space: remove it.',
  },
  {
    what: "a bucket whose name is too long",
    cause: scheduleTo({ bucket: "b".repeat(64), key: "k" }),
    received: "64",
    message:
      "The target bucket's name has 64 characters; the limit is 63. Choose a bucket with a shorter name.",
  },
  {
    what: "an empty key",
    cause: scheduleTo({ bucket: "out", key: "" }),
    message: "The target key is empty: name the object to write, like reports/42.json.",
  },
  {
    what: "a key that is a number",
    cause: scheduleTo({ bucket: "out", key: 42 }),
    received: "42",
    message: "The target key must be a string (got 42).",
  },
  {
    what: "a key that is too long",
    cause: scheduleTo({ bucket: "out", key: "k".repeat(1_030) }),
    received: "1,030",
    message: "The target key is 1,030 bytes; the limit is 1,024: shorten it by 6.",
  },
  {
    what: "a key with a part that is too long",
    cause: () =>
      withShortNames.schedule({ to: { bucket: "out", key: `a/${"k".repeat(45)}` }, at: AT }),
    received: "45",
    message:
      "The target key has 45 characters between two slashes; this store's limit is 40: shorten that part by 5.",
  },
  {
    what: "a schedule key with a part that is too long",
    cause: () =>
      withShortNames.schedule({
        to: { bucket: "out", key: "k" },
        at: AT,
        deliveryId: "d".repeat(50),
      }),
    received: "81",
    message:
      "The key, with its delivery id, has 81 characters between two slashes; this store's limit is 40: shorten that part by 41.",
  },
  {
    what: "a key with half a character",
    cause: scheduleTo({ bucket: "out", key: "\ud800" }),
    received: '"out/\\ud800"',
    message:
      'The target "out/\\ud800" contains a lone surrogate (half of a character), which no store can keep. Remove it.',
  },
  {
    what: "half a character given to the codec",
    cause: () =>
      codecV1.encode({
        atMs: 0,
        to: { bucket: "out", key: "\ud800" },
        deliveryId: "d",
        suffix: undefined,
      }),
    received: '"\\ud800"',
    message:
      '"\\ud800" contains a lone surrogate (half of a character), which no store can keep. Remove it.',
  },
  {
    what: "a key that makes the schedule key too long",
    cause: scheduleTo({ bucket: "out", key: `é${"k".repeat(955)}` }),
    received: "961",
    message:
      "The key would be 1,019 bytes; the limit is 1,015 (the store's 1,024 less 9 for a later reschedule). The target key is 961 bytes once escaped (é counts 6): shorten it by 4.",
  },
  {
    what: "a delivery id that is too long",
    cause: scheduleFor("d".repeat(1_000)),
    received: "1,000",
    message:
      "The key would be 1,047 bytes; the limit is 1,015 (the store's 1,024 less 9 for a later reschedule). The delivery id is 1,000 bytes once escaped: shorten it by 32.",
  },
  {
    what: "a delivery id that is a number",
    cause: scheduleFor(42),
    received: "42",
    message: "deliveryId must be a string (got 42).",
  },
  {
    what: "an empty delivery id",
    cause: scheduleFor(""),
    message: "deliveryId is empty: give at least one character, or leave it out for a random one.",
  },
  {
    what: "a delivery id with half a character",
    cause: scheduleFor("\udc00"),
    received: '"\\udc00"',
    message:
      'deliveryId "\\udc00" contains a lone surrogate (half of a character), which no store can keep. Remove it.',
  },
  {
    what: "an id without a chosen delivery id",
    cause: () => eventId({ at: AT, to: { bucket: "out", key: "k" } } as never),
    message:
      "eventId() needs the deliveryId of the event. If you did not choose one, use the id that schedule() returned.",
  },
  {
    what: "an id that is not valid",
    cause: () => scheduler.get("42"),
    received: '"42"',
    message:
      '"42" is not an event\'s id. Ids look like 2026-12-24T08:00:00.000Z|bucket|key|delivery-id; quote them in a shell.',
  },
  {
    what: "an event in place of its id",
    cause: () => scheduler.get({ id: "x" } as never),
    received: "an object",
    message: "an object is not an event's id. Pass its property id.",
  },
  {
    what: "an id escaped for a URL",
    cause: () => scheduler.get("2099-12-24T09:00:00.000Z%7Cout%7Ck%7Cd"),
    received: '"2099-12-24T09:00:00.000Z%7Cout%7Ck%7Cd"',
    message:
      '"2099-12-24T09:00:00.000Z%7Cout%7Ck%7Cd" is not an event\'s id. It is escaped as in a URL: pass decodeURIComponent() of it.',
  },
  {
    what: "a root that is a number",
    cause: () => pendingKey({ to: { bucket: "out", key: "k" }, at: AT }, { root: 42 as never }),
    received: "42",
    message: "root must be a string, such as keywhen or acme/jobs (got 42).",
  },
  {
    what: "a root with a slash at its end",
    cause: () => codecV1.checkRoot("jobs/"),
    received: '"jobs/"',
    message:
      'root "jobs/" is not allowed: use letters (A-Z, a-z), digits and -_.!()*:@,=+&$; with single slashes between the parts, such as acme/jobs.',
  },
  {
    what: "a root with a reserved part",
    cause: () => codecV1.checkRoot("jobs/dead"),
    received: '"jobs/dead"',
    message: 'root "jobs/dead" contains the reserved part "dead": choose another name.',
  },
  {
    what: "shards with a codec that has none",
    cause: () =>
      createScheduler({
        store: memoryStore(),
        bucket: "schedule",
        shards: 4,
        codec: { ...codecV1, name: "mine", shardPrefix: undefined } as never,
      }),
    received: "mine",
    message: "The key format mine does not support shards: leave codec out, or use no shards.",
  },
];

const PATTERNS: readonly MessageRow[] = [
  {
    what: "no target patterns",
    cause: allow(undefined),
    message:
      'allowTargets is required. Anyone who can write to the schedule can make the sweeper copy on their behalf. Name the targets: ["reminders/*"], or ["*"] for every target.',
  },
  {
    what: "an empty list of target patterns",
    cause: allow([]),
    message:
      'allowTargets is empty. Anyone who can write to the schedule can make the sweeper copy on their behalf. Name the targets: ["reminders/*"], or ["*"] for every target.',
  },
  {
    what: "target patterns that are text",
    cause: allow("out/*"),
    received: '"out/*"',
    message:
      'allowTargets must be an array of target patterns, for example ["reminders/*"] (got "out/*").',
  },
  {
    what: "a target pattern that is a number",
    cause: allow(["out/*", 42]),
    received: "42",
    message: 'allowTargets[1] must be a string (got 42), for example "reminders/*".',
  },
  {
    what: "the target pattern ",
    cause: allow([""]),
    received: '""',
    message:
      'Invalid target pattern "": it is empty. Write "bucket/*", "bucket/prefix/*", "bucket/key", or "*" for every target.',
  },
  {
    what: "the target pattern out",
    cause: allow(["out"]),
    received: `"out"`,
    message: 'Invalid target pattern "out": it has no key. Write "out/*".',
  },
  {
    what: "the target pattern /out/k",
    cause: allow(["/out/k"]),
    received: `"/out/k"`,
    message: 'Invalid target pattern "/out/k": it has no bucket. Write "out/k".',
  },
  {
    what: "the target pattern */k",
    cause: allow(["*/k"]),
    received: `"*/k"`,
    message:
      'Invalid target pattern "*/k": its bucket contains a *. Write "bucket/*", "bucket/prefix/*", "bucket/key", or "*" for every target.',
  },
  {
    what: "the target pattern out/*.json",
    cause: allow(["out/*.json"]),
    received: `"out/*.json"`,
    message: 'Invalid target pattern "out/*.json": it contains a * before its end. Write "out/*".',
  },
  {
    what: "the target pattern b?/*",
    cause: allow(["b?/*"]),
    received: `"b?/*"`,
    message:
      'Invalid target pattern "b?/*": its bucket contains ?, and the only wildcard is a * at the end. Write "bucket/*", "bucket/prefix/*", "bucket/key", or "*" for every target.',
  },
  {
    what: "a target pattern with a wide asterisk",
    cause: allow(["out/\uff0a"]),
    received: "out/",
    message:
      'Invalid target pattern "out/＊": it contains a character that only looks like *. Write "out/*".',
  },
  {
    what: "the target pattern 'out/*'",
    cause: allow(["'out/*'"]),
    received: `"'out/*'"`,
    message:
      "Invalid target pattern \"'out/*'\": the quotes are part of it. Write out/* without quotes.",
  },
  {
    what: "the target pattern s3://out/*",
    cause: allow(["s3://out/*"]),
    received: `"s3://out/*"`,
    message: 'Invalid target pattern "s3://out/*": it begins with s3://. Write "out/*".',
  },
  {
    what: "the target pattern  out/*",
    cause: allow([" out/*"]),
    received: `" out/*"`,
    message: 'Invalid target pattern " out/*": it begins with a space. Write "out/*".',
  },
  {
    what: "the target pattern out/* ",
    cause: allow(["out/* "]),
    received: `"out/* "`,
    message: 'Invalid target pattern "out/* ": it ends with a space. Write "out/*".',
  },
  {
    what: "a target pattern with a control character",
    cause: allow(["out/a\u0000b"]),
    received: "\\u0000",
    message:
      'Invalid target pattern "out/a\\u0000b": it contains a control character. Write "bucket/*", "bucket/prefix/*", "bucket/key", or "*" for every target.',
  },
  {
    what: "a target pattern with half a character",
    cause: allow(["out/\ud800"]),
    received: "\\ud800",
    message:
      'Invalid target pattern "out/\\ud800": it contains a lone surrogate (half of a character). Write "bucket/*", "bucket/prefix/*", "bucket/key", or "*" for every target.',
  },
  {
    what: "a target pattern with an invisible character",
    cause: allow(["o\u202eut/*"]),
    received: "\\u202e",
    message:
      'Invalid target pattern "o\\u202eut/*": its bucket contains a character that can\'t be seen. Write "out/*".',
  },
  {
    what: "the target pattern out put/*",
    cause: allow(["out put/*"]),
    received: `"out put/*"`,
    message:
      'Invalid target pattern "out put/*": its bucket contains a space. Write "bucket/*", "bucket/prefix/*", "bucket/key", or "*" for every target.',
  },
  {
    what: "the target pattern o'ut/*",
    cause: allow(["o'ut/*"]),
    received: `"o'ut/*"`,
    message:
      'Invalid target pattern "o\'ut/*": its bucket contains a quote. Write "bucket/*", "bucket/prefix/*", "bucket/key", or "*" for every target.',
  },
  {
    what: "a target pattern with a backslash",
    cause: allow(["out\\a/*"]),
    received: `"out\\\\a/*"`,
    message:
      'Invalid target pattern "out\\\\a/*": its bucket contains a backslash. Write "out/a/*".',
  },
  {
    what: "the target pattern ../*",
    cause: allow(["../*"]),
    received: `"../*"`,
    message:
      'Invalid target pattern "../*": no bucket is called "..". Write "bucket/*", "bucket/prefix/*", "bucket/key", or "*" for every target.',
  },
  {
    what: "the target pattern arn:aws:s3:::out/*",
    cause: allow(["arn:aws:s3:::out/*"]),
    received: `"arn:aws:s3:::out/*"`,
    message: 'Invalid target pattern "arn:aws:s3:::out/*": it is a bucket\'s ARN. Write "out/*".',
  },
  {
    what: "the target pattern arn:aws:iam::123456789012:role/x",
    cause: allow(["arn:aws:iam::123456789012:role/x"]),
    received: `"arn:aws:iam::123456789012:role/x"`,
    message:
      'Invalid target pattern "arn:aws:iam::123456789012:role/x": it is an ARN, but not of an access point. Write "bucket/*", "bucket/prefix/*", "bucket/key", or "*" for every target.',
  },
];

describe("messages about targets, keys and ids", () => {
  expectMessages([...TARGETS, ...PATTERNS]);
  expectComplete(
    [
      ...messageTextsIn("packages/core/src/key", () => true),
      ...messageTextsIn("packages/core/src/targets", () => true),
    ],
    [...TARGETS, ...PATTERNS],
    {
      "%(?:[0189A-F][0-9A-F]|2[02357]|3[CEF]|5[B-E]|60|7[B-F])": "a regular expression",
      " is in the schedule's own folder, where no event is delivered": "part of an observer event",
    },
  );
});
