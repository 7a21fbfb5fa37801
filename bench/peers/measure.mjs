// One system, one round: schedule, deliver what is due, deliver on time, do nothing.
import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { atShare, forEach, numbersTo, timed } from "../measuring.mjs";
import { cpuSecondsOf, processTree, residentBytes, sharedOutBytes } from "../processes.mjs";

const WORKER = fileURLToPath(new URL("./worker.mjs", import.meta.url));
const IN_FLIGHT = 32;
const BODY = "x".repeat(256);
/** Of every worker: what the README of the file store advises, for all alike. */
export const WORKER_FLAGS = ["--max-semi-space-size=4"];
/** Enough that all of them are written before the first is due. */
const NOTICE_MS = 15_000;
const LIMIT_MS = 180_000;
const SETTLED_MS = 3_000;

export async function measure(name, { due, delayed, seconds, idleSeconds }) {
  const system = await import(`./${name}.mjs`);
  const server = await system.start();
  const scheduler = await system.openScheduler(server.url);
  try {
    const schedulesPerSecond = await scheduleDue(scheduler, due);
    const worker = startWorker(name, server.url, due);
    const dueJobs = await worker.jobs;
    const deliveredPerSecond = rateOf(dueJobs, worker.beganMs());
    const onTime = await deliverOnTime(scheduler, worker, { delayed, seconds });
    const idle = await doNothing(worker.pid, server, idleSeconds);
    await worker.end();
    return { schedulesPerSecond, deliveredPerSecond, ...onTime, ...idle };
  } finally {
    await scheduler.close();
    await server.stop();
  }
}

async function scheduleDue(scheduler, count) {
  const atMs = Date.now() + 1_000;
  const schedule = (number) => scheduler.schedule(`due-${number}`, atMs, BODY);
  const { perSecond } = await timed(count, () => forEach(numbersTo(count), IN_FLIGHT, schedule));
  await sleep(Math.max(0, atMs + 1_000 - Date.now())); // all are due before the worker starts
  return perSecond;
}

function rateOf(jobs, beganMs) {
  const lastMs = Math.max(...jobs.map(([, , doneMs]) => doneMs));
  return (jobs.length / (lastMs - beganMs)) * 1_000;
}

async function deliverOnTime(scheduler, worker, { delayed, seconds }) {
  const jobs = worker.expect(delayed);
  const fromMs = Date.now() + NOTICE_MS;
  const numbered = numbersTo(delayed).map((number) => [
    `delayed-${number}`,
    Math.floor(fromMs + Math.random() * seconds * 1_000),
  ]);
  await forEach(numbered, IN_FLIGHT, ([id, atMs]) => scheduler.schedule(id, atMs, BODY));
  if (Date.now() > fromMs) throw new Error("too slow to schedule so many in time");
  const late = (await jobs).map(([, atMs, doneMs]) => doneMs - atMs).sort((a, b) => a - b);
  return {
    earliestMs: late[0],
    p50Ms: atShare(late, 0.5),
    p99Ms: atShare(late, 0.99),
    worstMs: late.at(-1),
  };
}

async function doNothing(pid, server, idleSeconds) {
  await sleep(SETTLED_MS);
  const cpuOf = (pids) => pids.reduce((sum, one) => sum + cpuSecondsOf(one), 0);
  const before = { worker: cpuOf(processTree(pid)), server: cpuOf(server.pids()) };
  await sleep(idleSeconds * 1_000);
  return {
    idleCpuPercent: ((cpuOf(processTree(pid)) - before.worker) / idleSeconds) * 100,
    workerMb: residentBytes(pid) / 1e6,
    serverIdleCpuPercent: ((cpuOf(server.pids()) - before.server) / idleSeconds) * 100,
    serverMb: sharedOutBytes(server.pids()) / 1e6,
  };
}

/** `jobs` resolves with what is expected once it is done. */
function startWorker(name, url, count) {
  const child = fork(WORKER, [name, url], { execArgv: WORKER_FLAGS });
  let waiting;
  let beganMs;
  const expect = (expected) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`${name}: ${waiting.done.length} of ${expected} jobs were done in time`));
      }, LIMIT_MS);
      waiting = { done: [], expected, resolve, timer };
    });
  const jobs = expect(count);
  child.on("message", (message) => {
    beganMs ??= message.beganMs;
    if (message.done === undefined) return;
    waiting.done.push(...message.done);
    if (waiting.done.length < waiting.expected) return;
    clearTimeout(waiting.timer);
    waiting.resolve(waiting.done);
  });
  const kill = () => child.kill();
  process.once("exit", kill);
  const end = async () => {
    child.send("end");
    await once(child, "exit");
    process.off("exit", kill);
  };
  return { pid: child.pid, beganMs: () => beganMs, jobs, expect, end };
}
