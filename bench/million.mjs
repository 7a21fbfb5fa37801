import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const SIMULATION = fileURLToPath(
  new URL("../tests/simulation/dist/million/main.js", import.meta.url),
);

/** The simulation's own command: it needs core and no server. */
export function run(args) {
  const { status } = spawnSync(process.execPath, [SIMULATION, ...args], { stdio: "inherit" });
  process.exitCode = status ?? 1;
}
