import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { plotBars } from "./bars.mjs";
import { median } from "./ceph-home.mjs";
import { measure } from "./peers/measure.mjs";
import { missingServers, postgresPrograms, redisServer } from "./peers/servers.mjs";
import { record, recorded, versionOf } from "./record.mjs";
import { figure, printTable } from "./table.mjs";

const SYSTEMS = {
  bullmq: "BullMQ, Redis",
  "pg-boss": "pg-boss, PostgreSQL",
  "graphile-worker": "Graphile Worker, PostgreSQL",
  "keywhen-fs": "keywhen, file store",
  "keywhen-s3": "keywhen, S3 (Ceph)",
};
const OLDEST_NODE = [22, 18];
const PACKAGES = ["bullmq", "ioredis", "pg-boss", "graphile-worker"];

const FIGURES = {
  schedulesPerSecond: "schedule calls/s",
  deliveredPerSecond: "due jobs/s",
  p50Ms: "late p50 ms",
  p99Ms: "late p99 ms",
  workerMb: "worker MB",
  idleCpuPercent: "worker idle CPU %",
  serverMb: "server MB",
  serverIdleCpuPercent: "server idle CPU %",
};

const OPTIONS = {
  rounds: { type: "string", default: "3" },
  due: { type: "string", default: "10000" },
  delayed: { type: "string", default: "1000" },
  seconds: { type: "string", default: "30" },
  "idle-seconds": { type: "string", default: "15" },
  only: { type: "string", multiple: true },
  /** Takes earlier rounds of the same size into the medians, so that a long run may be done in parts. */
  add: { type: "boolean", default: false },
};

/** What a user would pick instead, side by side: every system once a round, in another order each time. */
export async function run(args) {
  const { values } = parseArgs({ args, options: OPTIONS });
  checkPlace();
  const size = {
    due: Number(values.due),
    delayed: Number(values.delayed),
    seconds: Number(values.seconds),
    idleSeconds: Number(values["idle-seconds"]),
  };
  const names = values.only ?? Object.keys(SYSTEMS);
  const rounds = values.add ? await earlierRounds(size) : [];
  try {
    for (let number = 0; number < Number(values.rounds); number++) {
      const order = rotated(names, rounds.length);
      const round = {};
      rounds.push(round);
      for (const name of order) {
        round[name] = await measure(name, size);
        console.error(`${SYSTEMS[name]}: ${JSON.stringify(round[name])}`);
      }
    }
  } finally {
    await tell(size, rounds); // also what there is when one fails
  }
}

async function tell(size, rounds) {
  const systems = Object.entries(SYSTEMS).map(([name, title]) => ({
    name,
    title,
    ...mediansOf(rounds.flatMap((round) => round[name] ?? [])),
  }));
  console.log(
    `${size.due} due jobs; ${size.delayed} over ${size.seconds} s; ${rounds.length} rounds, medians`,
  );
  const rows = systems.map((system) => [
    system.title,
    ...Object.keys(FIGURES).map((key) => figure(system[key])),
  ]);
  printTable(["", ...Object.values(FIGURES)], rows);
  await record(
    "peers",
    { versions: await versions(), size, systems: await withSettings(systems), rounds },
    plot(systems),
  );
}

function mediansOf(results) {
  const keys = Object.keys(results[0] ?? {});
  return Object.fromEntries(keys.map((key) => [key, median(results.map((one) => one[key]))]));
}

async function withSettings(systems) {
  return Promise.all(
    systems.map(async (system) => {
      const { settings } = await import(`./peers/${system.name}.mjs`);
      return { ...system, settings };
    }),
  );
}

function plot(systems) {
  const panels = Object.entries(FIGURES).map(([key, title]) => ({
    title,
    bars: systems.map((system) => ({
      name: system.title,
      value: system[key],
      isOurs: system.name.startsWith("keywhen"),
    })),
  }));
  return plotBars("Beside what one would pick instead, on one machine", panels);
}

async function earlierRounds(size) {
  const earlier = await recorded("peers");
  const isSame = JSON.stringify(earlier?.size) === JSON.stringify(size);
  return isSame ? earlier.rounds : [];
}

function rotated(names, by) {
  const start = by % names.length;
  return [...names.slice(start), ...names.slice(0, start)];
}

async function versions() {
  const installed = await Promise.all(
    PACKAGES.map(async (name) => {
      const file = new URL(`./node_modules/${name}/package.json`, import.meta.url);
      return [name, JSON.parse(await readFile(file, "utf8")).version];
    }),
  );
  return {
    ...Object.fromEntries(installed),
    redis: versionOf(redisServer()),
    postgresql: versionOf(`${postgresPrograms()}/postgres`),
  };
}

function checkPlace() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_NODE;
  const problems = [];
  if (major < oldestMajor || (major === oldestMajor && minor < oldestMinor)) {
    problems.push(
      `pg-boss and Graphile Worker need Node ${OLDEST_NODE.join(".")} or newer: npx -y -p node@24 -c "npm run bench -- peers"`,
    );
  }
  const missing = missingServers();
  if (missing !== undefined) problems.push(missing);
  if (problems.length === 0) return;
  for (const problem of problems) console.error(problem);
  process.exit(2);
}
