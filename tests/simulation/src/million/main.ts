import { fork } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Outcome, Setup } from "./run-million.js";
import { scalePlot } from "./scale-plot.js";
import { scaleTable } from "./scale-table.js";
import { setupsOf } from "./setups.js";

const inCheckout = (path: string) => fileURLToPath(new URL(`../../../../${path}`, import.meta.url));
const WORKER = fileURLToPath(new URL("./worker.js", import.meta.url));
/** Most of the work is short-lived objects: with room for them the collector takes a third of the time. */
const ROOM = ["--max-semi-space-size=64"];
const TABLE = /(<!-- scale -->\n)[\s\S]*?(<!-- \/scale -->)/;

const { values } = parseArgs({
  options: {
    events: { type: "string", default: "1000000" },
    processes: { type: "string", default: "2" },
    "print-only": { type: "boolean", default: false },
  },
});

const setups = setupsOf(Number(values.events));
const outcomes = await runAll(setups, Number(values.processes));
process.stdout.write(`${scaleTable(outcomes)}\n`);
if (!values["print-only"]) {
  const page = await readFile(inCheckout("docs/scale.md"), "utf8");
  await writeFile(
    inCheckout("docs/scale.md"),
    page.replace(TABLE, `$1${caption(outcomes)}\n\n${scaleTable(outcomes)}\n$2`),
  );
  await writeFile(inCheckout("docs/scale.svg"), scalePlot(outcomes));
  await writeFile(inCheckout("bench/results/scale.json"), `${JSON.stringify(outcomes, null, 2)}\n`);
}

function caption([first]: readonly Outcome[]): string {
  const { events = 0, queueMs = 0 } = first?.setup ?? {};
  return `${events.toLocaleString("en-US")} events; what would wait longer than ${queueMs} ms is answered 503.`;
}

async function runAll(all: readonly Setup[], processes: number): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const waiting = [...all.entries()];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, setup] = next;
      const outcome = await runInProcess(setup);
      outcomes[index] = outcome;
      const { shards, targets, concurrency } = setup;
      const drained = `drained in ${(outcome.drainedMs / 1_000).toFixed(1)} s of simulated time`;
      process.stderr.write(`${shards} shards, ${targets}, ${concurrency} in flight: ${drained}\n`);
    }
  };
  await Promise.all(Array.from({ length: processes }, work));
  return outcomes;
}

async function runInProcess(setup: Setup): Promise<Outcome> {
  const child = fork(WORKER, [JSON.stringify(setup)], { execArgv: ROOM });
  const failed = once(child, "exit").then(([code]) => {
    throw new Error(`the simulation of ${JSON.stringify(setup)} ended with ${code}`);
  });
  const [outcome]: unknown[] = await Promise.race([once(child, "message"), failed]);
  failed.catch(() => {}); // it ends after its answer
  return outcome as Outcome; // what worker.ts sends
}
