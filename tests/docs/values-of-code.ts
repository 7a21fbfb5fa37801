import { readFileSync } from "node:fs";
import { join } from "node:path";
import { monthlyCost, PRICES } from "@keywhen/host/cost";
import { filesOf, root } from "./files.js";

const sources = filesOf(/\/src\/.*\.ts$/).map((file) => ({
  file,
  text: readFileSync(join(root, file), "utf8"),
}));

interface Which {
  /** How the file's path ends: decides between constants of one name. */
  readonly file?: string;
  /** A member of the constant, which is an object. */
  readonly member?: string;
}

/** The value of a constant in a package's sources. */
function constant(folder: string, name: string, { file = ".ts", member }: Which = {}): string {
  const initializer = new RegExp(`\\bconst ${name}\\b[^=]*= ([^;]+);`);
  const found = sources
    .filter((one) => one.file.startsWith(`${folder}/src/`) && one.file.endsWith(file))
    .flatMap(({ text }) => initializer.exec(text)?.[1] ?? [])
    .flatMap((code) => (member === undefined ? code : (memberOf(code, member) ?? [])));
  const [code, ...others] = new Set(found);
  if (code !== undefined && others.length === 0) return literal(code);
  throw new Error(`${folder} has ${others.length + 1} values for ${name}, or none: see ${HERE}.`);
}

const HERE = "tests/docs/values-of-code.ts";

function memberOf(code: string, member: string): string | undefined {
  return new RegExp(`\\b${member}: ([^,}]+)`).exec(code)?.[1];
}

/** A text, or a number such as `1_000`, `5 * GIBIBYTE`, `1 / 8`; of a list the number of its items. */
function literal(code: string): string {
  if (code.startsWith('"')) return JSON.parse(code);
  if (code.startsWith("[")) return String(code.split(",").length);
  const units: Readonly<Record<string, number>> = { MEBIBYTE: 2 ** 20, GIBIBYTE: 2 ** 30 };
  const factors = code.split(/ [*/] /).map((one) => units[one] ?? Number(one.replaceAll("_", "")));
  const [first = Number.NaN, second = 1] = factors;
  return String(code.includes("/") ? first / second : first * second);
}

/** The first group of a pattern in a file: a value that is not a constant. */
function shown(file: string, pattern: RegExp): string {
  const [, value] = pattern.exec(readFileSync(join(root, file), "utf8")) ?? [];
  if (value === undefined) throw new Error(`${file} does not match ${pattern}: see ${HERE}.`);
  return value;
}

const core = (name: string, which?: Which) => constant("packages/core", name, which);
const cli = (name: string, which?: Which) => constant("apps/cli", name, which);
const demo = (name: string, which?: Which) => constant("apps/demo", name, which);
const lambda = (name: string, which?: Which) => constant("packages/lambda", name, which);
const azure = (name: string) => constant("packages/adapter-azure", name);
const fs = (name: string, which?: Which) => constant("packages/adapter-fs", name, which);
const s3 = (name: string, which?: Which) => constant("packages/s3-protocol", name, which);

/** `5` for `5s` and for `5m`. */
const amount = (duration: string) => String(Number.parseInt(duration, 10));
const seconds = (...ms: string[]) => String(sum(ms) / 1_000);
const minutes = (ms: string) => String(Number(ms) / 60_000);
const hours = (ms: string) => String(Number(ms) / 3_600_000);
const kibibytes = (bytes: string) => String(Number(bytes) / 2 ** 10);
const mebibytes = (bytes: string) => String(Number(bytes) / 2 ** 20);
const counted = (value: string | number) => Number(value).toLocaleString("en-US");
const sum = (numbers: readonly string[]) => numbers.reduce((total, one) => total + Number(one), 0);
const WORDS = "zero one two three four five six seven eight nine ten".split(" ");
const word = (value: string) => WORDS[Number(value)] ?? value;

const guardS = amount(core("DEFAULT_GUARD"));
const halfSecondMs = core("HALF_A_SECOND_MS");
const skewMs = Number(guardS) * 500 - Number(core("READING_ERROR_MS"));
const idLength = core("LENGTH", { file: "delivery-id.ts" });
const longestBackOff = core("LONGEST_PAUSE_MS", { file: "lease/history.ts" });
const reserve = [lambda("RESERVE_MS"), core("BEFORE_DEADLINE_MS", { member: "start" })];
const promises = shown("docs/stores.md", /the reference \| \d+ of (\d+) \|/);
const template = "packages/lambda/template.yaml";
const alarmOn = (metric: string) =>
  shown(template, new RegExp(`MetricName: ${metric}\\n[^]*?Threshold: (\\d+)`));
const functionBytes = shown("packages/lambda/src/function.test.ts", /LessThan\(([\d_]+)\)/);
const pollsOfDemo = /poll: typed\.poll \?\? .*\? "(\w+)" : "\w+"/;
const otherPollsOfDemo = /poll: typed\.poll \?\? .*\? "\w+" : "(\w+)"/;

function backOff(): string {
  const triesAt: number[] = [];
  let atMs = 0;
  let pauseMs = Number(core("FIRST_PAUSE_MS", { file: "lease/history.ts" }));
  for (; pauseMs < Number(longestBackOff); pauseMs *= 2) {
    atMs += pauseMs;
    triesAt.push(atMs / 60_000);
  }
  return `${triesAt.slice(0, -1).join(", ")} and ${triesAt.at(-1)}`;
}

/** A month without events on a function that looks ahead. */
const precise = { events: 0, freeTier: false, lookAheadMs: 60_000 };

function costOf(name: string, memoryMegabytes = 256): number {
  const { items } = monthlyCost({ ...precise, memoryMegabytes });
  return items.find((item) => item.name === name)?.dollars ?? Number.NaN;
}

/** What the pages say, by the code. */
export const VALUES: Readonly<Record<string, string>> = {
  concurrency: core("DEFAULT_CONCURRENCY", { file: "create-sweeper.ts" }),
  firstLimit: core("FIRST_LIMIT"),
  poll: core("DEFAULT_POLL"),
  pollS: amount(core("DEFAULT_POLL")),
  every: core("DEFAULT_EVERY"),
  maxAge: core("DEFAULT_MAX_AGE"),
  maxAgeH: amount(core("DEFAULT_MAX_AGE")),
  copyAttempts: word(core("COPY_ATTEMPTS")),
  lookAttempts: word(core("LOOK_ATTEMPTS")),
  failedWithinS: seconds(core("FAILED_AT_ONCE_MS")),
  lookAgainS: seconds(core("LOOK_AGAIN_MS")),
  overlapS: seconds(core("OVERLAP_MS")),
  pauseS: seconds(core("PAUSE_MS", { file: "sweep/start.ts" })),
  longestPauseS: seconds(core("LONGEST_PAUSE_MS", { file: "sweep/start.ts" })),
  slowInARow: word(core("SLOW_IN_A_ROW")),
  slowS: seconds(core("SLOW_MS")),
  mostSlow: core("MOST_SLOW"),
  copyLimitS: seconds(core("COPY_LIMIT_MS")),
  mostTargets: counted(core("MOST_TRACKED_TARGETS")),
  circuitFrom: core("CIRCUIT_FROM"),
  mostRejected: counted(core("MOST_KEPT", { file: "rejected-events.ts" })),
  backOff: backOff(),
  longestBackOffM: minutes(longestBackOff),
  listingErrorS: seconds(core("LISTING_ERROR_MS")),
  guardS,
  smallestGuardS: seconds(core("SMALLEST_GUARD_MS")),
  readingErrorS: seconds(core("READING_ERROR_MS")),
  readingMs: halfSecondMs,
  skewMs: counted(skewMs),
  skewS: String(skewMs / 1_000),
  earliestMs: counted(skewMs + Number(halfSecondMs)),
  graceS: seconds(core("GRACE_MS")),
  longestLeaseM: minutes(core("LONGEST_TTL_MS")),
  longestLeaseWord: word(minutes(core("LONGEST_TTL_MS"))),
  farthestH: hours(core("FARTHEST_RANGE_MS")),
  longestReadS: seconds(core("LONGEST_READ_MS")),
  leaseS: amount(core("DEFAULT_LEASE")),
  leftS: seconds(core("COPY_MS"), core("BEFORE_EXPIRY_MS")),
  largestJsonKiB: kibibytes(core("LARGEST_BYTES")),
  root: core("DEFAULT_ROOT"),
  idLength,
  idBits: String(Math.log2(core("ALPHABET").length) * Number(idLength)),
  suffixBytes: core("SUFFIX_BYTES"),
  keyBytes: counted(1_024 - Number(core("SUFFIX_BYTES"))),
  mostShards: core("MOST_SHARDS"),
  rereadM: minutes(core("REREAD_MS")),
  announcedM: minutes(core("ANNOUNCED_MS")),
  postAgain: word(cli("PAUSES_MS", { file: "forwarder.ts" })),
  healthIntervals: word(cli("INTERVALS")),
  statusS: word(seconds(cli("LIST_EVERY_MS"))),
  shutdownS: seconds(constant("packages/host", "LONGEST_WIND_DOWN_MS")),
  heldMiB: mebibytes(cli("HELD_MAX_BYTES")),
  loadedKB: seconds(cli("BYTES", { file: "start-up.test.ts" })),
  port: counted(demo("USUAL_PORT")).replace(",", ""),
  demoStore: demo("OWN_STORE"),
  demoPoll: shown("apps/demo/src/options.ts", pollsOfDemo),
  otherDemoPoll: shown("apps/demo/src/options.ts", otherPollsOfDemo),
  keptDeliveries: counted(demo("KEPT_DELIVERIES")),
  preciseTimeoutS: lambda("TIMEOUT_SECONDS", { member: "precise" }),
  eventAgeS: lambda("NEVER", { member: "maximumEventAgeInSeconds" }),
  longestRangeS: seconds(lambda("LONGEST_RANGE_MS")),
  leastTimeoutS: seconds(lambda("LONGEST_RANGE_MS"), ...reserve),
  reserveWord: word(seconds(...reserve)),
  leastPollMs: lambda("POLL_LIMITS_MS", { member: "least" }),
  mostPollS: seconds(lambda("POLL_LIMITS_MS", { member: "most" })),
  leastSweeps: alarmOn("Invocations"),
  oldestDueM: minutes(`${alarmOn("OldestDueAge")}000`),
  functionKB: seconds(functionBytes.replace("_", "")),
  azureCopyMiB: mebibytes(azure("AZURE_COPY_MAX_BYTES")),
  azureParts: azure("SEGMENTS_MAX"),
  azureBlockMiB: mebibytes(constant("packages/adapter-kit", "FIRST_PART_BYTES")),
  azurePage: counted(azure("ANSWER_OBJECTS")),
  gcsChunkMiB: mebibytes(constant("packages/adapter-gcs", "UPLOAD_CHUNK_BYTES")),
  s3CopyGiB: kibibytes(mebibytes(s3("S3_SINGLE_MAX_BYTES"))),
  s3PartMiB: mebibytes(constant("packages/adapter-kit", "FIRST_PART_BYTES")),
  versioningM: minutes(s3("BELIEVED_MS", { file: "versioned-buckets.ts" })),
  laneWord: word(minutes(constant("packages/s3-fast-lane", "BELIEVED_MS"))),
  lockSilenceS: seconds(fs("FOREIGN_SILENCE_MS", { file: "lock-holder.ts" })),
  nameBytes: fs("NAME_BYTES"),
  racers: constant("packages/store-conformance", "RACERS"),
  promises,
  preciseCompute: costOf("Lambda, the sweeper").toFixed(2),
  smallCompute: costOf("Lambda, the sweeper", 128).toFixed(2),
  preciseLists: costOf("lists").toFixed(0),
  preciseTotal: monthlyCost(precise).total.toFixed(0),
  millionEvents: monthlyCost({ events: 1_000_000 }).total.toFixed(0),
  freeCompute: (PRICES.lambda.compute.freeAMonth * PRICES.lambda.compute.dollars).toFixed(2),
  metric: PRICES.cloudWatch.metrics.dollars.toFixed(2),
  alarm: PRICES.cloudWatch.alarms.dollars.toFixed(2),
  freeInvocationsM: String(PRICES.eventBridgeScheduler.invocations.freeAMonth / 1_000_000),
};
