import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inTurns, median, optionsFrom, timed } from "./measuring.mjs";
import { printTable } from "./table.mjs";

const KEYWHEN = fileURLToPath(new URL("../apps/cli/dist/main.js", import.meta.url));
const WAYS = {
  "node -e 0": { args: ["-e", "0"] },
  "keywhen --help": { args: [KEYWHEN, "--help"], limitMs: 120 },
  "keywhen key": { args: [KEYWHEN, "key", "--in", "10m", "--to", "a/b"], limitMs: 120 },
  "keywhen list (file:)": { args: [KEYWHEN, "list"], limitMs: 200 },
  "keywhen cost": { args: [KEYWHEN, "cost", "--events", "1M"] },
};

/** Measures each command from the start of its process to its end, next to a bare Node in the same round; medians. */
export async function run(args) {
  const { runs } = optionsFrom(args, { runs: 15 });
  const folder = await mkdtemp(join(tmpdir(), "keywhen-start-up-"));
  try {
    const names = Object.keys(WAYS);
    const measure = (name) => timed(1, () => runOnce(WAYS[name].args, folder));
    await inTurns(1, names, measure); // warms the disk's cache
    const rounds = await inTurns(runs, names, measure);
    const msOf = (name) => median(rounds.map((round) => round[name].ms));
    const bareMs = msOf("node -e 0");
    console.log(`from start to end, medians of ${runs} processes each, Node ${process.version}`);
    const columns = {
      "": "name",
      ms: "ms",
      "over node": ({ ms }) => ms - bareMs,
      "times node": ({ ms }) => ms / bareMs,
      "limit ms": ({ name }) => WAYS[name].limitMs,
    };
    printTable(
      columns,
      names.map((name) => ({ name, ms: msOf(name) })),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runOnce(args, folder) {
  const env = { PATH: process.env.PATH, KEYWHEN_STORE: "file:./data" };
  const child = spawn(process.execPath, args, { cwd: folder, env, stdio: "ignore" });
  const [exitCode] = await once(child, "close");
  if (exitCode !== 0) throw new Error(`${args.join(" ")} exited ${exitCode}`);
}
