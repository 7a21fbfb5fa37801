// What `keywhen run` takes while nothing is due: the real command, looked at from outside.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { SCHEDULE } from "./ceph-home.mjs";
import { cpuSecondsOf, residentBytes } from "./processes.mjs";

const KEYWHEN = fileURLToPath(new URL("../apps/cli/dist/main.js", import.meta.url));
/** Starting costs more than running. */
const STARTED_MS = 5_000;

export async function measureIdle(server, seconds) {
  const child = spawn(process.execPath, [KEYWHEN, "run", "--json", "-q", "--allow", "*"], {
    env: { ...process.env, ...accessTo(server) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "close");
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    said += text;
  });
  const beganMs = performance.now();
  await sleep(STARTED_MS);
  const beforeSeconds = cpuSecondsOf(child.pid);
  await sleep(seconds * 1_000);
  const cpuSeconds = cpuSecondsOf(child.pid) - beforeSeconds;
  const residentMb = residentBytes(child.pid) / 1e6;
  child.kill("SIGTERM");
  const [exitCode] = await ended;
  if (exitCode !== 0) throw new Error(`keywhen run ended with ${exitCode}`);
  const hours = (performance.now() - beganMs) / 3_600_000;
  return {
    seconds,
    cpuPercent: (cpuSeconds / seconds) * 100,
    residentMb,
    requestsPerHour: requestsIn(said) / hours,
  };
}

function accessTo({ endpoint, region, accessKeyId, secretAccessKey }) {
  return {
    KEYWHEN_STORE: `s3://${SCHEDULE}?service=ceph&endpoint=${encodeURIComponent(endpoint)}`,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  };
}

/** As the reports count them. */
function requestsIn(said) {
  const events = said
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const counts = events.flatMap(({ report }) => (report ? Object.values(report.requests) : []));
  return counts.reduce((sum, count) => sum + count, 0);
}
