import { Readable } from "node:stream";
import { openPayload, type PayloadOptions } from "../../../apps/cli/src/input/payload.js";
import { readMoment } from "../../../apps/cli/src/input/read-time.js";
import { nodeProblem } from "../../../apps/cli/src/node-problem.js";
import type { Words } from "../../../apps/cli/src/testing/run-keywhen.js";
import type { Messages } from "./expect-messages.js";
import { keywhen } from "./keywhen.js";

/** A command that ends with exit code 2, with nothing stored. */
const wrong = (args: Words, env?: Readonly<Record<string, string>>) => keywhen(2, args, { env });

/** Schedules with another time, or with other arguments too. */
const at = (time: string, ...args: string[]) =>
  wrong(["schedule", "--at", time, "--to", "out/x", ...args]);
const schedule = (args: string) => wrong(`schedule --in 10m --to out/x ${args}`);

const COMMANDS: Messages = {
  "unknown command ⟦'shedule'⟧. Did you mean schedule?": wrong("shedule"),
  "unknown command ⟦'frobnicate'⟧. See keywhen --help.": wrong("help frobnicate"),
  "unknown command ⟦'lst'⟧. Did you mean list?": [wrong("dead lst --help"), wrong("dead help lst")],
  "unknown command ⟦'rm'⟧. Did you mean cancel?": [wrong("help rm"), wrong("rm x")],
  "unknown command ⟦'status'⟧. Did you mean doctor?": wrong("status"),
  "unknown command ⟦'delete'⟧. Did you mean purge?": wrong("dead delete x"),
  "unknown option ⟦'--fil'⟧. Did you mean --file?": schedule("--fil x"),
  "unknown option ⟦'-s'⟧. See keywhen decode --help.": wrong("decode x -s file:./data"),
  "missing required argument ⟦'name'⟧. See keywhen put --help.": wrong("put"),
  "⟦No event⟧ is given. Give its id, or a group: --delivery-id order-42, or --delivery-id 'order-42/*'.":
    wrong("reschedule --in 1h"),
  "⟦Both an id and --delivery-id⟧ are given. Leave one out.": wrong("cancel x --delivery-id y"),
  "⟦Both --name and --delivery-id⟧ are given. Leave one out.": wrong(
    "cancel --name x --delivery-id y",
  ),
  "⟦--from⟧ is given without --delivery-id. Leave it out, or give a group with --delivery-id.":
    wrong("cancel x --from +1h"),
  "⟦Neither⟧ a delivery id nor a target is given. Give one of --delivery-id order-42, --delivery-id 'order-42/*' and --to 'reminders/*'.":
    wrong("find"),
  "⟦Both --delivery-id and --to⟧ are given. Give one of --delivery-id order-42, --delivery-id 'order-42/*' and --to 'reminders/*'.":
    wrong("find --delivery-id x --to a"),
  "--delivery-id must be a delivery id, or its beginning and a * (got ⟦\"a*b\"⟧). For example order-42 or 'order-42/*'.":
    wrong("find --delivery-id a*b"),
  "A payload is given with ⟦--delivery-id⟧. Leave the payload out, or replace it one event at a time: keywhen find lists their ids.":
    wrong("reschedule --delivery-id x --body y"),
  "too many arguments for 'find'. Expected 0 arguments but ⟦got 1⟧. Give it with an option: keywhen find --delivery-id order-42, or --to 'reminders/*'.":
    wrong("find order-42"),
  "too many arguments for 'list'. Expected 0 arguments but ⟦got 1⟧. See keywhen list --help.":
    wrong("list x"),
  "option '--codec <name>' argument ⟦'v9'⟧ is invalid. Allowed choices are v1, s3-scheduler. See keywhen list --help.":
    wrong("list --codec v9"),
  '--store took the command ⟦"list"⟧ as its value, so no command is left. Write --store VALUE list.':
    wrong("--store list"),
  "⟦--store⟧ is given twice. Leave one out.": wrong("list -s file:./a -s file:./b"),
  "⟦No shell⟧ is named, and SHELL is not set. Give one of bash, zsh, fish.": wrong("completion"),
  'There is no completion for ⟦"tcsh"⟧. Give one of bash, zsh, fish.': wrong("completion", {
    SHELL: "/bin/tcsh",
  }),
  "⟦No command⟧ is given. See keywhen dead --help.": wrong("dead --json"),
  "keywhen needs Node 20.19 or newer; this is ⟦18.20.0⟧. Update Node.": () =>
    nodeProblem("18.20.0"),
};

const BY_NAME: Messages = {
  "Both ⟦an id and --name⟧ are given. Leave one out.": wrong("show 2096 --name a"),
  "⟦--search⟧ is given without --name. Leave it out, or give --name.":
    wrong("cancel 2096 --search"),
  "⟦No event⟧ is given. Give its id, or its name with --name.": [wrong("show"), wrong("cancel")],
};

const TIMES: Messages = {
  "⟦No time⟧ is given. Give --at 2026-12-24T09:00+01:00 or --in 10m.": wrong("schedule --to out/x"),
  "Both ⟦--at and --in⟧ are given. Leave one out.": [
    at("2026-12-24T09:00Z", "--in", "10m"),
    wrong("dead redrive x --in 1h --at +1h"),
  ],
  "⟦\"tomorow\"⟧ is not a time that keywhen understands. Write 2026-12-24T09:00+01:00, +90m, or a phrase such as 'tomorrow 9am' or 'friday 17:30'.":
    at("tomorow"),
  '⟦"2026-12-24T09:00"⟧ has no UTC offset, and without a terminal you would not see how it is read. Write the offset (for example Z for UTC, or +01:00), or give --tz Europe/Berlin (KEYWHEN_TZ).':
    at("2026-12-24T09:00"),
  '⟦"friday"⟧ has no time of day: add one, such as 9am or 17:30.': at("friday"),
  '⟦"3/4 9am"⟧ could mean two days: write the name of the month, or 2026-12-24 09:00.':
    at("3/4 9am"),
  '⟦"31.12.2099 9:00"⟧ has a date in numbers, which countries order differently: write the name of the month, or 2026-12-24 09:00.':
    at("31.12.2099 9:00"),
  '⟦"9am to 5pm"⟧ reads as a span between two times. Give one time; with a UTC offset, write it like 2026-12-24T09:00-07:00.':
    at("9am to 5pm"),
  '⟦"tomorrow 9am CET"⟧ names its zone by the abbreviation CET, which means different offsets in different places and seasons. Write the offset instead, such as 2026-12-24T09:00+01:00, or give --tz Europe/Berlin.':
    at("tomorrow 9am CET"),
  "⟦2026-10-25T02:30⟧ happens twice in Europe/Berlin. Write …T02:30+02:00 (before the clock goes back) or …T02:30+01:00 (after).":
    at("2026-10-25T02:30", "--tz", "Europe/Berlin"),
  "⟦2026-03-29T02:30⟧ never happens in Europe/Berlin. Write …T01:30+01:00 (before the clock goes forward) or …T03:30+02:00 (after).":
    at("2026-03-29T02:30", "--tz", "Europe/Berlin"),
  '⟦"in 1 month 2 days"⟧ depends on the length of a month: write the date, such as 2026-12-24 09:00.':
    () =>
      readMoment("in 1 month 2 days", {
        nowMs: Date.parse("2027-01-31T10:00:00Z"),
        zone: "UTC",
        isZoneSure: true,
      }),
  "⟦+99999999999d⟧ is after the year 9999, the last one supported. Choose an earlier time.":
    at("+99999999999d"),
  "⟦\"in 5 minutes\"⟧ is not a duration such as 90s, 10m or 7d. Give a phrase as --at 'in 5 minutes'.":
    wrong(["schedule", "--in", "in 5 minutes", "--to", "out/x"]),
  'TZ=⟦"UTC0"⟧ has no IANA name such as Europe/Berlin, so times are read and shown in UTC. Give --tz or KEYWHEN_TZ.':
    keywhen(0, "schedule --in 1h --to out/x --dry-run", { env: { TZ: "UTC0" } }),
  'There is no time zone ⟦"Mars/Base"⟧. Give an IANA name, such as Europe/Berlin, America/New_York or UTC.':
    wrong("list --tz Mars/Base"),
  "--delivery-id needs a fixed time: with ⟦a span from now⟧ each call would store another event. Give --at 2026-12-24T09:00+01:00, or leave out --delivery-id.":
    [schedule("--delivery-id x"), at("in 10 minutes", "--delivery-id", "x")],
};

/** Messages about targets: each target, and what is wrong with it. */
function targets(problems: object): Messages {
  const rows = Object.entries(problems).map(([target, problem]) => [
    `⟦"${target}"⟧ is not a valid target: ${problem}. Write BUCKET/KEY, for example reminders/42.json.`,
    wrong(`schedule --in 10m --to ${target}`),
  ]);
  return Object.fromEntries(rows);
}

const AT = "2027-01-01T00:00:00.000Z";

/** Messages about ids: each id, and what is wrong with it. */
function ids(problems: object): Messages {
  const rows = Object.entries(problems).map(([id, problem]) => [
    `⟦"${id}"⟧ is not an event's id, nor the beginning of one${problem}. Write one like '2026-12-24T08:00:00.000Z|bucket|key|delivery-id' (in single quotes); keywhen list --ids prints them.`,
    wrong(`cancel ${id}`),
  ]);
  return Object.fromEntries(rows);
}

const NAMES: Messages = {
  "⟦No target⟧ is given. Give --to BUCKET/KEY, for example reminders/42.json.":
    wrong("schedule --in 10m"),
  ...targets({
    "/key": "its bucket is empty",
    "bucket/": "its key is empty",
    bucket: "it has no key",
    "s3://bucket/key": "it begins with s3://",
  }),
  '⟦"*/x"⟧ is not a valid target: it has a * before its end. Write BUCKET/PREFIX*, for example reminders/daily/*.':
    wrong("list --to */x"),
  ...ids({
    "42.json": "",
    [`${AT}|b|%zz|x`]: ': the key "%zz" isn\'t escaped as keywhen does',
    [`${AT}|%zz|k|x`]: ': the bucket "%zz" isn\'t escaped as keywhen does',
    [`${AT}|b|k|d~xyz`]: ': the delivery id "d~xyz" isn\'t escaped as keywhen does',
    [`${AT}|b|k|x|y`]: ": it has more than four parts between |",
    [`${AT}||k|x`]: ": it has no bucket",
    [`${AT}|b||x`]: ": it has no key",
    "2027-13-01T00:00:00.000Z|b|k|x": ": 2027-13-01T00:00:00.000Z is not a real time",
  }),
  "⟦\"2026-11\"⟧ is only the beginning of an id, and without a terminal keywhen can't ask which one you mean. Give the whole id in single quotes (otherwise the shell cuts it at its first |). -y doesn't replace it: it only skips the question on a terminal.":
    [wrong("cancel 2026-11 -y"), wrong("reschedule 2026-11 --in 1h"), wrong("dead purge 2026-11")],
  '⟦"foo"⟧ is not a keywhen key: it doesn\'t begin with an instant such as 2000-01-01T00:00:00.000Z. Give a whole key, or the id after pending/, in single quotes.':
    wrong("decode foo"),
  '--after must be an id or the beginning of one (got ⟦"nonsense"⟧). Take it from keywhen list --ids.':
    wrong("list --after nonsense"),
  "--from must be before --until (got ⟦2026-12-24T09:00:00.000Z and 2026-12-24T09:00:00.000Z⟧).":
    wrong("list --from 2026-12-24T09:00Z --until 2026-12-24T10:00+01:00"),
};

const PAYLOADS: Messages = {
  "⟦--meta⟧ is given without a payload. Give the payload with --body or --file (- for the pipe), too.":
    wrong(`reschedule '${AT}|b|k|x' --in 1h --meta a=1`),
  "⟦Neither a time nor a payload⟧ is given. Give --at 2026-12-24T09:00+01:00, --in 10m, --body or --file.":
    wrong(`reschedule '${AT}|b|k|x'`),
  "Can't read ⟦x.pdf⟧: there is no such file. Correct --file, or the file.":
    schedule("--file x.pdf"),
  "Can't read ⟦.⟧: it is a folder. Correct --file, or the file.": schedule("--file ."),
  "Can't read ⟦my-store.mjs/x⟧: a part of its path is not a folder. Correct --file, or the file.":
    schedule("--file my-store.mjs/x"),
  "Both ⟦--file and --body⟧ are given. Leave one out.": schedule("--file x --body y"),
  "⟦No payload⟧ is given. Give --file, --body or a pipe; --body '' for an empty one.": onTerminal(
    {},
  ),
  '--meta must be NAME=VALUE (got ⟦"x"⟧).': schedule("--meta x"),
  '--meta ⟦"a"⟧ is given twice. Leave one out.': schedule("--meta a=1 a=2"),
};

/** What is said of a payload when stdin is a terminal, which ends. */
function onTerminal(options: PayloadOptions) {
  return async () => {
    const before = Object.getOwnPropertyDescriptor(process, "stdin") ?? {};
    const value = Object.assign(Readable.from([]), { isTTY: true });
    Object.defineProperty(process, "stdin", { configurable: true, value });
    try {
      return await new Promise((resolve, reject) => openPayload(options, resolve).catch(reject));
    } finally {
      Object.defineProperty(process, "stdin", before);
    }
  };
}

const NUMBERS: Messages = {
  '--limit must be a whole number from 1 (got ⟦"0"⟧).': [
    wrong("list --limit 0"),
    wrong("log --limit 0"),
  ],
  "--since must be before --until, which is now by default (got ⟦2096-01-01T00:00:00.000Z and 2096-01-01T00:00:00.000Z⟧). Give a span such as 1h, which is back from now, or a time in the past.":
    wrong("log --since 2096-01-01T00:00Z --until 2096-01-01T00:00Z"),
  '--outcome has no outcome ⟦"sent"⟧. Give one or more of delivered, already-delivered, failed, dead, expired, passed-over, separated by commas.':
    wrong("log --outcome dead,sent"),
  'KEYWHEN_JOURNAL must be true or false (got ⟦"yes"⟧).': wrong("sweep", {
    KEYWHEN_JOURNAL: "yes",
  }),
  '--health must be a port number up to 65535 (got ⟦"70000"⟧). 0 takes any free port.':
    wrong("run --health 70000"),
  '--forward-to must be an http:// or https:// address (got ⟦"localhost:3000"⟧). For example http://localhost:3000/due.':
    wrong("run --forward-to localhost:3000"),
  'The number of shards must be from 0 to 256 (got ⟦"257"⟧). 0 means no shards.': [
    wrong("shards set 257"),
    wrong("schedule --in 10m --to out/x", { KEYWHEN_SHARDS: "257" }),
  ],
  "⟦--events⟧ is missing. Give the events a month: --events 1000, 20k or 1.5M; or the occurrences: --recurring 3k.":
    wrong("cost"),
  '--events must be a number (got ⟦"many"⟧). For example 1000, 20k or 1.5M.':
    wrong("cost --events many"),
  '--payload must be a size (got ⟦"huge"⟧). For example 512, 1.2kB or 5MB.': wrong(
    "cost --events 1M --payload huge",
  ),
  "--every must be longer than zero (got ⟦0s⟧). For example 1m or 5s.": wrong(
    "cost --events 1M --every 0s",
  ),
  "--shards must be at least 1 (got ⟦0⟧).": wrong("cost --events 1M --shards 0"),
};

const DELIVERY: Messages = {
  "⟦No allowed targets⟧ are given. Give --allow 'bucket/*' or set KEYWHEN_ALLOW_TARGETS. --allow '*' allows every target to anyone who can schedule.":
    wrong("sweep -s s3://acme"),
  'Both --exec and --post are given for the bucket ⟦"jobs"⟧. Use another bucket for one of them.':
    wrong("sweep --exec jobs/*=true --post jobs/a=https://example.com", {
      KEYWHEN_WEBHOOK_SECRET: `whsec_${"A".repeat(32)}`,
    }),
  '--in-flight must be a whole number from 1 (got ⟦"many"⟧).': wrong(
    "sweep --exec jobs/*=true --in-flight many",
  ),
  "--deadline ⟦50s⟧ leaves no time for a command or a webhook that may take 10m. Give a shorter --timeout, or a later --deadline.":
    wrong("sweep --exec jobs/*=true --deadline 50s"),
  "⟦The path of the Python package⟧ is missing. Give it as --root, or as the end of the store URL, like s3://bucket/path.":
    wrong("list --codec s3-scheduler"),
  "⟦--from⟧ is missing. Give --from PATH, the path of the package.": wrong("migrate"),
  '⟦--telemetry⟧ is given, but no OpenTelemetry SDK is registered. Import a file that starts one: NODE_OPTIONS="--import ./otel.mjs" keywhen run --telemetry.':
    wrong("run --telemetry"),
};

export const ARGUMENTS: Messages = {
  ...COMMANDS,
  ...BY_NAME,
  ...TIMES,
  ...NAMES,
  ...PAYLOADS,
  ...NUMBERS,
  ...DELIVERY,
};
