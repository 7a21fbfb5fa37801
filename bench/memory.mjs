import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { s3Store } from "@keywhen/adapter-s3";
import { createSweeper } from "@keywhen/core";
import {
  clientOf,
  eventKeys,
  instant,
  openCephHome,
  putAll,
  SCHEDULE,
  TARGET,
} from "./ceph-home.mjs";

const SIZES = [1_000, 5_000, 20_000];

/** Sweeps ever more due events, each time in a process of its own, and prints its peak memory. */
export async function run() {
  const { server, client, close } = await openCephHome();
  try {
    console.log("   due   peak memory MB   seconds");
    for (const due of SIZES) {
      await putAll(client, eventKeys(due, instant(-60_000), `memory-${due}`));
      const child = spawnSync(
        process.execPath,
        [fileURLToPath(import.meta.url), JSON.stringify(server)],
        { encoding: "utf8" },
      );
      if (child.status !== 0) throw new Error(child.stderr);
      const { delivered, durationMs, peakMb } = JSON.parse(child.stdout);
      if (delivered !== due) throw new Error(`${delivered} of ${due} delivered`);
      console.log(
        `${String(due).padStart(6)} ${peakMb.toFixed(0).padStart(16)} ${(durationMs / 1000).toFixed(1).padStart(9)}`,
      );
    }
  } finally {
    await close();
  }
}

async function sweepInThisProcess(server) {
  const client = clientOf(server);
  const home = { store: s3Store({ client, service: "ceph" }), bucket: SCHEDULE };
  const sweeper = createSweeper({ ...home, allowTargets: [`${TARGET}/*`] });
  const { delivered, durationMs } = await sweeper.sweep();
  client.destroy();
  const peakMb = process.resourceUsage().maxRSS / 1024;
  process.stdout.write(JSON.stringify({ delivered, durationMs, peakMb }));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await sweepInThisProcess(JSON.parse(process.argv[2]));
}
