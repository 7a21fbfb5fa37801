import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp } from "node:fs/promises";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "./free-port.js";
import { installCommand, TEST_NEEDS } from "./test-needs.js";

/** Access to an S3 server on loopback that seems to be one's own: it is empty at the start. */
export interface TestS3Account {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Ends the server if it is not shared, and removes all it kept. */
  readonly stop: () => Promise<void>;
}

/** An S3 server of one's own on loopback, empty at the start. */
export interface TestS3Server extends TestS3Account {
  /** Opens another account, which has buckets of its own; it ends with the server. Calls follow one another. */
  readonly openAccount: () => Promise<TestS3Account>;
  /** Kills the gateway in the middle of its work; what it stored stays. */
  readonly goDown: () => Promise<void>;
  /** Starts it again, on the same port. */
  readonly comeBack: () => Promise<void>;
}

const SCRIPT = fileURLToPath(new URL("../ceph/gateway.sh", import.meta.url));
const START_LIMIT_MS = 60_000;

/**
 * Starts a real Ceph RADOS gateway, memory-backed, in about two seconds; any number of them run side by
 * side. It ends with `stop()`, and also when this process ends in whatever way.
 */
export async function startCephGateway(): Promise<TestS3Server> {
  const { ceph } = TEST_NEEDS;
  if (!ceph.isThere()) throw new Error(`There is no Ceph; on Debian: ${installCommand([ceph])}`);
  // Somebody may take a free port before Ceph does.
  return await startOnFreePorts().catch(startOnFreePorts);
}

async function startOnFreePorts(): Promise<TestS3Server> {
  const folder = await mkdtemp(join(tmpdir(), "keywhen-ceph-"));
  const [s3Port, monitorPort] = await Promise.all([freePort(), freePort()]);
  const { accessKeyId, secretAccessKey } = newKeys();
  const args = [folder, `${s3Port}`, `${monitorPort}`, accessKeyId, secretAccessKey];
  // A process group of its own: Ctrl-C reaches this process alone, whose end then ends the gateway.
  const child = spawn(SCRIPT, args, { stdio: ["pipe", "pipe", "pipe"], detached: true });
  await untilReady(child);
  letGo(child);
  const place = { endpoint: `http://127.0.0.1:${s3Port}`, region: "us-east-1" };
  return {
    ...place,
    accessKeyId,
    secretAccessKey,
    openAccount: async () => {
      const keys = newKeys();
      await tell(child, "account", keys.accessKeyId, keys.secretAccessKey);
      return { ...place, ...keys, stop: async () => {} };
    },
    goDown: () => tell(child, "down"),
    comeBack: () => tell(child, "up"),
    stop: () => stop(child),
  };
}

function newKeys() {
  return {
    accessKeyId: `test${randomBytes(6).toString("hex")}`,
    secretAccessKey: randomBytes(20).toString("hex"),
  };
}

async function tell(
  child: ChildProcess,
  command: "account" | "down" | "up",
  ...words: readonly string[]
): Promise<void> {
  const { stdin, stdout } = child;
  if (!(stdout instanceof Socket)) throw new Error("the gateway was started without a pipe");
  stdout.ref();
  const heard = new AbortController();
  const { signal } = heard;
  const done = Promise.race([once(stdout, "data", { signal }), once(child, "exit", { signal })]);
  stdin?.write(`${[command, ...words].join(" ")}\n`);
  const [said] = await done;
  heard.abort(); // lets go of what did not happen
  stdout.unref();
  if (`${said}`.trim() !== command) throw new Error(`the gateway did not do "${command}": ${said}`);
}

async function untilReady(child: ChildProcess): Promise<void> {
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const timer = setTimeout(() => child.stdin?.end(), START_LIMIT_MS);
  try {
    const ready = child.stdout === null ? Promise.resolve() : once(child.stdout, "data");
    const ended = once(child, "exit").then(() => {
      throw new Error(`the Ceph gateway did not start: ${said.trim()}`);
    });
    await Promise.race([ready, ended]);
    ended.catch(() => {}); // A later end is no failure of the start.
  } finally {
    clearTimeout(timer);
  }
}

/** Lets this process end although the gateway lives: its pipe closes then, and the gateway ends too. */
function letGo(child: ChildProcess): void {
  for (const stream of [child.stdin, child.stdout, child.stderr]) {
    if (stream instanceof Socket) stream.unref();
  }
  child.stderr?.resume();
  child.unref();
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  const ended = once(child, "exit");
  child.stdin?.end();
  await ended;
}
