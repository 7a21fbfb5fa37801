import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { median } from "./ceph-home.mjs";

const KEYWHEN = fileURLToPath(new URL("../apps/cli/dist/main.js", import.meta.url));
const WAYS = {
  "node -e 0": { args: ["-e", "0"] },
  "keywhen --help": { args: [KEYWHEN, "--help"], limitMs: 120 },
  "keywhen key": { args: [KEYWHEN, "key", "--in", "10m", "--to", "a/b"], limitMs: 120 },
  "keywhen list (file:)": { args: [KEYWHEN, "list"], limitMs: 200 },
  "keywhen cost": { args: [KEYWHEN, "cost", "--events", "1M"] },
};

/** From starting a process to its end, each command beside a bare Node in the same round; medians. */
export async function run(args) {
  const { values } = parseArgs({ args, options: { runs: { type: "string", default: "15" } } });
  const folder = await mkdtemp(join(tmpdir(), "keywhen-start-up-"));
  const taken = new Map(Object.keys(WAYS).map((name) => [name, []]));
  try {
    for (let round = -1; round < Number(values.runs); round++) {
      for (const [name, way] of Object.entries(WAYS)) {
        const ms = await timed(way.args, folder);
        if (round >= 0) taken.get(name).push(ms); // the first round warms the disk's cache
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  show(taken, Number(values.runs));
}

async function timed(args, folder) {
  const env = { PATH: process.env.PATH, KEYWHEN_STORE: "file:./data" };
  const startedMs = performance.now();
  const child = spawn(process.execPath, args, { cwd: folder, env, stdio: "ignore" });
  const [exitCode] = await once(child, "close");
  if (exitCode !== 0) throw new Error(`${args.join(" ")} exited ${exitCode}`);
  return performance.now() - startedMs;
}

function show(taken, runs) {
  const bareMs = median(taken.get("node -e 0"));
  console.log(`from start to end, medians of ${runs} processes each, Node ${process.version}`);
  console.log("                          ms   over node   times node   limit ms");
  for (const [name, all] of taken) {
    const ms = median(all);
    const cells = [
      name.padEnd(22),
      ms.toFixed(0).padStart(6),
      (ms - bareMs).toFixed(0).padStart(11),
      (ms / bareMs).toFixed(2).padStart(12),
      String(WAYS[name].limitMs ?? "").padStart(10),
    ];
    console.log(cells.join(" "));
  }
}
