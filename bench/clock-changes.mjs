// What recurring schedules do when the clocks change: keywhen, BullMQ and pg-boss by their own code, EventBridge Scheduler by its
// documentation. Prints the table of docs/guides/recurring.md.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { preview } from "@keywhen/recurring";

const ZONES = [
  "Australia/Lord_Howe",
  "Antarctica/Troll",
  "America/New_York",
  "Europe/Berlin",
  "Africa/Cairo",
  "Africa/Casablanca",
  "America/Nuuk",
];
const MINUTE_MS = 60_000;
/** Before and after each change. */
const WATCHED_MS = 240 * MINUTE_MS;
/** More than an hourly rule has in the time that is watched. */
const MOST_OCCURRENCES = 20;
const HOURLY = { cron: "7 * * * *", minute: 7 };

/** Computes the occurrences of a rule after an instant, up to another one, as each program does. */
const { bullmq, pgBoss } = await programs();
const PROGRAMS = { keywhen, bullmq, pgBoss };

function keywhen(cron, timeZone, afterMs, untilMs) {
  const found = preview({ cron, timeZone }, { after: new Date(afterMs), count: MOST_OCCURRENCES });
  return found.map(({ at }) => at.getTime()).filter((atMs) => atMs <= untilMs);
}

async function programs() {
  const require = createRequire(import.meta.url);
  const { getNextMillis } = require(
    join(dirname(require.resolve("bullmq")), "classes/job-scheduler.js"),
  );
  const boss = dirname(fileURLToPath(import.meta.resolve("pg-boss")));
  const { default: Timekeeper } = await import(join(boss, "timekeeper.js"));
  const { readOccurrences } = Timekeeper.prototype;
  return {
    /** Each job schedules the next one; without a next one, BullMQ adds no job, and the schedule ends. */
    bullmq(pattern, tz, afterMs, untilMs) {
      const found = [];
      for (let atMs = afterMs; found.length < MOST_OCCURRENCES; ) {
        const nextMs = getNextMillis(atMs, { pattern, tz });
        if (nextMs === undefined) return [...found, "ends"];
        if (nextMs > untilMs) break;
        found.push(nextMs);
        atMs = nextMs;
      }
      return found;
    },
    /** A pass sends what was due in the last minute. One that throws sends nothing. */
    pgBoss(cron, tz, afterMs, untilMs) {
      const found = new Set();
      for (let nowMs = afterMs + MINUTE_MS; nowMs <= untilMs; nowMs += MINUTE_MS) {
        try {
          for (const at of readOccurrences.call({}, cron, "cron", tz, nowMs)) {
            if (at.getTime() > afterMs) found.add(at.getTime());
          }
        } catch {
          // pg-boss warns and goes on with the next schedule
        }
      }
      return [...found].sort((one, other) => one - other);
    },
  };
}

function offsetReader(timeZone) {
  const format = new Intl.DateTimeFormat("sv-SE", {
    timeZone,
    dateStyle: "short",
    timeStyle: "medium",
  });
  return (atMs) => Date.parse(`${format.format(atMs).replace(" ", "T")}Z`) - atMs;
}

/** The changes of a zone's clock in a year: when, and by how much. All of them are at full minutes. */
export function clockChanges(timeZone, year) {
  const offsetAt = offsetReader(timeZone);
  const changes = [];
  let beforeMs = offsetAt(Date.UTC(year, 0, 1));
  for (let atMs = Date.UTC(year, 0, 1); atMs < Date.UTC(year + 1, 0, 1); atMs += 15 * MINUTE_MS) {
    const offsetMs = offsetAt(atMs);
    if (offsetMs !== beforeMs) changes.push({ atMs, beforeMs, offsetMs });
    beforeMs = offsetMs;
  }
  return changes;
}

/** The daily rule whose time is in the middle of what the change skips or repeats. */
function dailyRule({ atMs, beforeMs, offsetMs }) {
  const wall = new Date(atMs + (beforeMs + offsetMs) / 2);
  return `${wall.getUTCMinutes()} ${wall.getUTCHours()} * * *`;
}

/** How often the zone's clock shows the minute of the hourly rule. */
function hoursShown(timeZone, fromMs, untilMs) {
  const offsetAt = offsetReader(timeZone);
  let shown = 0;
  for (let atMs = fromMs + MINUTE_MS; atMs <= untilMs; atMs += MINUTE_MS) {
    if (new Date(atMs + offsetAt(atMs)).getUTCMinutes() === HOURLY.minute) shown++;
  }
  return shown;
}

/** A row for a change: what each program does with a daily time that the change skips or repeats. */
export function dailyRow(timeZone, change) {
  const rule = dailyRule(change);
  const [minute, hour] = rule.split(" ");
  const cells = occurrencesAround(rule, timeZone, change).map((found) => dailyCell(found, change));
  const time = `${hour.padStart(2, "0")}:${minute.padStart(2, "0")}`;
  const isGap = change.offsetMs > change.beforeMs;
  return [timeZone, sizeOf(change), time, ...cells, isGap ? "skipped" : "once"];
}

/** A row for a change: how often an hourly rule occurs in the eight hours around it. `undefined` if all are right. */
function hourlyRow(timeZone, change) {
  const [fromMs, untilMs] = [change.atMs - WATCHED_MS, change.atMs + WATCHED_MS];
  const shown = `${hoursShown(timeZone, fromMs, untilMs)}`;
  const cells = occurrencesAround(HOURLY.cron, timeZone, change).map(countCell);
  if (cells.every((cell) => cell === shown)) return undefined;
  return [timeZone, sizeOf(change), shown, ...cells];
}

function occurrencesAround(cron, timeZone, { atMs }) {
  return Object.values(PROGRAMS).map((occurrences) =>
    occurrences(cron, timeZone, atMs - WATCHED_MS, atMs + WATCHED_MS),
  );
}

function sizeOf({ beforeMs, offsetMs }) {
  const minutes = (offsetMs - beforeMs) / MINUTE_MS;
  return `${minutes > 0 ? "+" : "−"}${Math.abs(minutes)} min`;
}

function dailyCell(found, { atMs, beforeMs, offsetMs }) {
  const count = found.filter((one) => one !== "ends").length;
  const times = ["skipped", "once", "twice"][count] ?? `${count} times`;
  if (count !== 1 || offsetMs < beforeMs) return times;
  const lateMinutes = (found[0] - atMs) / MINUTE_MS;
  return lateMinutes === 0 ? "once, after the gap" : `once, ${lateMinutes} min after the gap`;
}

function countCell(found) {
  return found.includes("ends") ? `${found.length - 1}, then it ends` : `${found.length}`;
}

function print(head, rows) {
  const lines = [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  console.log(`${lines.join("\n")}\n`);
}

export function run() {
  const changes = ZONES.flatMap((zone) => clockChanges(zone, 2026).map((change) => [zone, change]));
  const names = ["keywhen", "BullMQ", "pg-boss"];
  const daily = changes.map(([zone, change]) => dailyRow(zone, change));
  print(["zone", "change", "daily at", ...names, "EventBridge"], daily);
  const hourly = changes.map(([zone, change]) => hourlyRow(zone, change));
  print(
    ["zone", "change", "the clock shows :07", ...names],
    hourly.filter((row) => row !== undefined),
  );
}
