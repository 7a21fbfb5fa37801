// What `keywhen run` takes while nothing is due: the real command, looked at from outside.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { openCephHome, SCHEDULE } from "./ceph-home.mjs";
import { optionsFrom } from "./measuring.mjs";
import { cpuSecondsOf, residentBytes } from "./processes.mjs";

const KEYWHEN = fileURLToPath(new URL("../apps/cli/dist/main.js", import.meta.url));
/** Starting costs more than running. */
const WARM_UP_MS = 10_000;
const POLL_S = 5; // the command's own, as documented
const EVERY_S = 60;

export async function run(args) {
  const { seconds } = optionsFrom(args, { seconds: 60 });
  const { server, close } = await openCephHome();
  try {
    await showIdle(server, seconds);
  } finally {
    await close();
  }
}

/** Prints what the command takes, and what it sends next to what is documented. */
export async function showIdle(server, seconds) {
  const { cpuSeconds, residentMb, lines } = await measureIdle(server, seconds);
  const sent = lines.filter((line) => /^(list|get|put|head|copy|delete) /.test(line)).length;
  const percent = ((cpuSeconds / seconds) * 100).toFixed(2);
  const perHour = ((sent / seconds) * 3_600).toFixed(0);
  console.log(
    `keywhen run, nothing due, ${seconds} s: CPU ${percent} %, resident ${residentMb.toFixed(0)} MB`,
  );
  console.log(
    `  requests an hour: ${perHour} sent, ${documentedPerHour()} by docs/decisions/0022-look-ahead.md`,
  );
}

async function measureIdle(server, seconds) {
  const child = spawn(process.execPath, [KEYWHEN, "run", "--verbose", "--allow", "*"], {
    env: { ...process.env, ...accessTo(server) },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = once(child, "close");
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    said += text;
  });
  await sleep(WARM_UP_MS);
  const [secondsBefore, saidBefore] = [cpuSecondsOf(child.pid), said.length];
  await sleep(seconds * 1_000);
  const cpuSeconds = cpuSecondsOf(child.pid) - secondsBefore;
  const residentMb = residentBytes(child.pid) / 1e6;
  const lines = said.slice(saidBefore).trim().split("\n");
  child.kill("SIGTERM");
  const [exitCode] = await ended;
  if (exitCode !== 0) throw new Error(`keywhen run ended with ${exitCode}: ${said}`);
  return { cpuSeconds, residentMb, lines };
}

/** A LIST a poll, twice while two sweeps overlap for 5 s, and six requests a sweep for the lease. */
function documentedPerHour() {
  return (3_600 / EVERY_S) * ((EVERY_S + 5) / POLL_S + 6);
}

function accessTo({ endpoint, region, accessKeyId, secretAccessKey }) {
  return {
    KEYWHEN_STORE: `s3://${SCHEDULE}?service=ceph&endpoint=${encodeURIComponent(endpoint)}`,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  };
}
