import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp } from "node:fs/promises";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startLeashed, stopLeashed } from "./leashed-process.js";
import { freePort } from "./loopback.js";
import { installCommand, TEST_NEEDS } from "./test-needs.js";

/** An empty account of an S3 server on loopback. */
export interface TestS3Account {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Ends the server with its objects, unless it is shared. */
  readonly stop: () => Promise<void>;
}

export interface TestS3Server extends TestS3Account {
  /** Opens an account with separate buckets; calls must follow one another. */
  readonly openAccount: () => Promise<TestS3Account>;
  /** Kills the gateway; what it stored stays. */
  readonly goDown: () => Promise<void>;
  readonly comeBack: () => Promise<void>;
}

const SCRIPT = fileURLToPath(new URL("../ceph/gateway.sh", import.meta.url));

/**
 * Starts a real Ceph RADOS gateway, memory-backed, in about two seconds; any number of them run side by side. It ends with
 * `stop()`, and when this process ends in any way.
 */
export async function startCephGateway(): Promise<TestS3Server> {
  const { ceph } = TEST_NEEDS;
  if (!ceph.isThere()) throw new Error(`There is no Ceph; on Debian: ${installCommand([ceph])}`);
  // Another process may take a free port before Ceph does.
  return await startOnFreePorts().catch(startOnFreePorts);
}

async function startOnFreePorts(): Promise<TestS3Server> {
  const folder = await mkdtemp(join(tmpdir(), "keywhen-ceph-"));
  const [s3Port, monitorPort] = await Promise.all([freePort(), freePort()]);
  const { accessKeyId, secretAccessKey } = newKeys();
  const args = [folder, `${s3Port}`, `${monitorPort}`, accessKeyId, secretAccessKey];
  const child = await startLeashed(SCRIPT, args, { ready: /^ready$/m });
  const place = { endpoint: `http://127.0.0.1:${s3Port}`, region: "us-east-1" };
  return {
    ...place,
    accessKeyId,
    secretAccessKey,
    openAccount: async () => {
      const keys = newKeys();
      await order(child, "account", keys.accessKeyId, keys.secretAccessKey);
      return { ...place, ...keys, stop: async () => {} };
    },
    goDown: () => order(child, "down"),
    comeBack: () => order(child, "up"),
    stop: () => stopLeashed(child),
  };
}

function newKeys() {
  return {
    accessKeyId: `test${randomBytes(6).toString("hex")}`,
    secretAccessKey: randomBytes(20).toString("hex"),
  };
}

async function order(
  child: ChildProcess,
  command: "account" | "down" | "up",
  ...words: readonly string[]
): Promise<void> {
  const { stdin, stdout } = child;
  if (!(stdout instanceof Socket)) throw new Error("The gateway was started without a pipe.");
  stdout.ref();
  const heard = new AbortController();
  const { signal } = heard;
  const done = Promise.race([once(stdout, "data", { signal }), once(child, "exit", { signal })]);
  stdin?.write(`${[command, ...words].join(" ")}\n`);
  const [answer] = await done;
  heard.abort(); // stops waiting for the other one
  stdout.unref();
  if (`${answer}`.trim() !== command) {
    throw new Error(`The gateway did not do "${command}": ${answer}`);
  }
}
