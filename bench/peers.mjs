import { readFile } from "node:fs/promises";
import { plotBars } from "./bars.mjs";
import { medians, optionsFrom } from "./measuring.mjs";
import { measure, WORKER_FLAGS } from "./peers/measure.mjs";
import { missingServers, postgresPrograms, redisServer } from "./peers/servers.mjs";
import { record, recorded, versionOf } from "./record.mjs";
import { printTable } from "./table.mjs";

const SYSTEMS = {
  bullmq: "BullMQ, Redis",
  "pg-boss": "pg-boss, PostgreSQL",
  "graphile-worker": "Graphile Worker, PostgreSQL",
  "keywhen-fs": "keywhen, file store",
  "keywhen-fs-handler": "keywhen, file store, handler",
  "keywhen-s3": "keywhen, S3 (Ceph)",
  "keywhen-s3-handler": "keywhen, S3 (Ceph), handler",
};
const OLDEST_NODE = [22, 18];
const PACKAGES = ["bullmq", "ioredis", "pg-boss", "graphile-worker"];

const COLUMNS = {
  "": "title",
  "schedule calls/s": "schedulesPerSecond",
  "due jobs/s": "deliveredPerSecond",
  "late p50 ms": "p50Ms",
  "late p99 ms": "p99Ms",
  "worker MB": "workerMb",
  "worker idle CPU %": "idleCpuPercent",
  "server MB": "serverMb",
  "server idle CPU %": "serverIdleCpuPercent",
};

/** Compares what a user would pick instead: every system once a round, in another order each time. */
export async function run(args) {
  const options = optionsFrom(args, {
    rounds: 3,
    due: 10_000,
    delayed: 1_000,
    seconds: 30,
    "idle-seconds": 15,
    only: Object.keys(SYSTEMS).join(","),
    /** Takes earlier rounds of the same size into the medians, so that a long run may be done in parts. */
    add: false,
  });
  checkPlace();
  const { due, delayed, seconds, "idle-seconds": idleSeconds } = options;
  const size = { due, delayed, seconds, idleSeconds };
  const names = options.only.split(",");
  const rounds = options.add ? await earlierRounds(size) : [];
  try {
    for (let number = 0; number < options.rounds; number++) {
      const start = rounds.length % names.length;
      const round = {};
      rounds.push(round);
      for (const name of [...names.slice(start), ...names.slice(0, start)]) {
        round[name] = await measure(name, size);
        console.error(`${SYSTEMS[name]}: ${JSON.stringify(round[name])}`);
      }
    }
  } finally {
    await show(size, rounds); // also what there is when one fails
  }
}

async function show(size, rounds) {
  const systems = await Promise.all(
    Object.entries(SYSTEMS).map(async ([name, title]) => {
      const { settings } = await import(`./peers/${name}.mjs`);
      return { name, title, ...medians(rounds.flatMap((round) => round[name] ?? [])), settings };
    }),
  );
  console.log(
    `${size.due} due jobs; ${size.delayed} over ${size.seconds} s; ${rounds.length} rounds, medians`,
  );
  printTable(COLUMNS, systems);
  const [, ...figures] = Object.entries(COLUMNS);
  const panels = figures.map(([title, key]) => ({
    title,
    bars: systems.map((system) => ({
      name: system.title,
      value: system[key],
      isOurs: system.name.startsWith("keywhen"),
    })),
  }));
  const plot = plotBars("Alternatives on one machine", panels);
  const node = { workerFlags: WORKER_FLAGS, threads: process.env.UV_THREADPOOL_SIZE };
  await record("peers", { versions: await versions(), size, node, systems, rounds }, plot);
}

async function earlierRounds(size) {
  const earlier = await recorded("peers");
  const isSame = JSON.stringify(earlier?.size) === JSON.stringify(size);
  return isSame ? earlier.rounds : [];
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
