import { counted, figure, markdownTable } from "../table.mjs";
import { placeOf } from "./sections.mjs";

/** The title of each figure, and whether more is better. */
const FIGURES = {
  schedulesPerSecond: ["schedule calls/s", true],
  deliveredPerSecond: ["due jobs/s", true],
  p50Ms: ["late, p50 ms", false],
  p99Ms: ["late, p99 ms", false],
  workerMb: ["worker, MB", false],
  idleCpuPercent: ["worker idle, CPU %", false],
  serverMb: ["servers, MB", false],
};
const PACKAGES = ["bullmq", "ioredis", "pg-boss", "graphile-worker", "redis", "postgresql"];

export function peersSection(result) {
  const { size, rounds } = result;
  const systems = result.systems.filter(
    ({ deliveredPerSecond }) => deliveredPerSecond !== undefined,
  );
  const keys = Object.keys(FIGURES);
  const best = Object.fromEntries(keys.map((key) => [key, bestOf(systems, key)]));
  const show = (key) => (system) =>
    system[key] === best[key] ? `**${figure(system[key])}**` : figure(system[key]);
  const columns = keys.map((key) => [FIGURES[key][0], show(key)]);
  const runs = Math.max(...systems.map(({ name }) => rounds.filter((round) => round[name]).length));
  return `## Comparison with alternatives

${markdownTable({ "": "title", ...Object.fromEntries(columns) }, systems)}

The best of each column is bold. ${runs} round${runs === 1 ? "" : "s"}.

![Bar chart of this table](images/peers.svg)

- *schedule calls*: ${counted(size.due)} single calls, 32 in flight, 256 bytes each. *due jobs*: the same ones, all due before the worker
  started. *late*: ${counted(size.delayed)} jobs at random instants over ${size.seconds} s, from the due instant to the start of the handler. For keywhen without
  a handler it is the time to the confirmed copy; the bucket's notification takes extra time.
- *servers*: memory of the system's servers, shared pages counted once. With a schedule on S3 you run no servers; the Ceph
  processes ran here.
- A copy between two buckets is a durable object; a job is a row or a list entry. BullMQ's Redis may lose
  the last second (\`appendfsync everysec\`); the file store and PostgreSQL wait until a job is on the disk.
${nodeOf(result)}
${systems.map(({ title, settings }) => `- ${title}: ${settings}.`).join("\n")}

${whereItLoses(systems, best, keys)}

${placeOf(result, PACKAGES)}
`;
}

function nodeOf({ node }) {
  if (node === undefined) return "";
  const { workerFlags, threads } = node;
  return `- All workers run with \`node ${workerFlags.join(" ")}\`, and all clients with \`UV_THREADPOOL_SIZE=${threads}\`, as the README of the file
  store advises.
`;
}

function bestOf(systems, key) {
  const values = systems.map((system) => system[key]);
  return FIGURES[key][1] ? Math.max(...values) : Math.min(...values);
}

function whereItLoses(systems, best, keys) {
  const ours = systems.filter(({ name }) => name.startsWith("keywhen"));
  const lost = keys.flatMap((key) => {
    const winner = systems.find((system) => system[key] === best[key]);
    if (winner.name.startsWith("keywhen")) return [];
    const [title, isMoreBetter] = FIGURES[key];
    const behind = ours.map((one) => {
      const ratio = isMoreBetter ? best[key] / one[key] : one[key] / best[key];
      return `${ratio.toFixed(1)} times worse (${one.title.replace("keywhen, ", "")})`;
    });
    return [`- ${title}: ${behind.join(", ")}`];
  });
  if (lost.length === 0) return "";
  return `Where keywhen loses, compared with the best:\n\n${lost.join("\n")}`;
}
