// npm run bench -- file-growth: what calls of the file store cost as more files wait.
import { linkSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { fsStore } from "@keywhen/adapter-fs";
import { createScheduler, createSweeper } from "@keywhen/core";
import { bucketFolders, eventKeys, SCHEDULE, TARGET } from "./ceph-home.mjs";
import { DAY_MS, instant, medians, optionsFrom, printedBy, timed } from "./measuring.mjs";
import { record } from "./record.mjs";
import { counted, printTable } from "./table.mjs";

const THIS = fileURLToPath(import.meta.url);
/** Fewer than a file may have names (ext4: 65,000). */
const NAMES_PER_FILE = 50_000;
const ROUNDS = 5;
/** After so long, the store trusts the folder's modification time. */
const SETTLED_MS = 100;
const COSTS = {
  firstSweep: "first sweep",
  sweep: "idle sweep",
  page: "page",
  schedule: "schedule",
  cancel: "cancel",
};

/** The table here and in docs/performance.md. */
export const COLUMNS = {
  waiting: ({ count }) => counted(count),
  ...Object.fromEntries(
    Object.entries(COSTS).flatMap(([key, title]) => [
      [`${title}, ms`, `${key}Ms`],
      [`CPU: ${title}, ms`, `${key}CpuMs`],
    ]),
  ),
};

/** Each size in a new process. The waiting files are hard links to a few files, so that their number is all that grows. */
export async function run(args) {
  const { waiting } = optionsFrom(args, { waiting: "1000,10000,100000,500000" });
  const rows = [];
  for (const count of waiting.split(",").map(Number)) {
    rows.push({ count, ...(await printedBy([THIS, String(count)])) });
  }
  printTable(COLUMNS, rows);
  await record("file-growth", { rounds: ROUNDS, rows });
}

async function measureHere(count) {
  const { folder, remove } = await bucketFolders();
  try {
    fill(join(folder, SCHEDULE, "keywhen", "pending"), count);
    const store = fsStore({ folder });
    const home = { store, bucket: SCHEDULE };
    const sweeper = createSweeper({ ...home, allowTargets: [`${TARGET}/*`] });
    const scheduler = createScheduler(home);
    const costs = { firstSweep: await cost(() => sweeper.sweep()) };
    const list = () => store.list({ bucket: SCHEDULE, prefix: "keywhen/pending/" });
    await sleep(SETTLED_MS);
    costs.sweep = await medianCost(() => sweeper.sweep());
    costs.page = await medianCost(list);
    const ids = [];
    const to = { bucket: TARGET, key: "one" };
    costs.schedule = await medianCost(async () => {
      ids.push((await scheduler.schedule({ in: "1d", to, body: "x" })).id);
    });
    costs.cancel = await medianCost(() => scheduler.cancel(ids.pop()));
    const figures = Object.entries(costs).flatMap(([name, { ms, cpuMs }]) => [
      [`${name}Ms`, ms],
      [`${name}CpuMs`, cpuMs],
    ]);
    process.stdout.write(JSON.stringify(Object.fromEntries(figures)));
  } finally {
    await remove();
  }
}

/** Events of tomorrow, with the names that the store gives to their files. */
function fill(folder, count) {
  mkdirSync(folder, { recursive: true });
  let body;
  for (const [index, key] of eventKeys(count, instant(DAY_MS), "waiting").entries()) {
    const name = encodeURIComponent(key.split("/").slice(2).join("/"));
    const path = join(folder, name.replaceAll("%2F", "-"));
    if (index % NAMES_PER_FILE === 0) {
      body = path;
      writeFileSync(body, "x".repeat(256));
    } else linkSync(body, path);
  }
}

async function cost(call) {
  const { ms, cpuUs } = await timed(1, call);
  return { ms, cpuMs: cpuUs / 1_000 };
}

async function medianCost(call) {
  await call(); // warm
  const costs = [];
  for (let round = 0; round < ROUNDS; round++) costs.push(await cost(call));
  return medians(costs);
}

if (process.argv[1] === THIS) await measureHere(Number(process.argv[2]));
