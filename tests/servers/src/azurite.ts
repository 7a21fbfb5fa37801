import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createRequire } from "node:module";
import { Socket } from "node:net";
import { freePort } from "./free-port.js";

/** An Azure Blob server of one's own on loopback, empty at the start. */
export interface TestAzureServer {
  /** Without the account, which is the first part of each path. */
  readonly endpoint: string;
  readonly account: string;
  /** Base64, as Azure gives its keys. */
  readonly accountKey: string;
  readonly connectionString: string;
  /** Ends the server and forgets all it kept. */
  readonly stop: () => Promise<void>;
}

const require = createRequire(import.meta.url);

const START_LIMIT_MS = 30_000;

/**
 * Starts Azurite, Microsoft's own emulator, in memory; any number of them run side by side. It ends with
 * `stop()`, and also when this process ends in whatever way.
 */
export async function startAzurite(): Promise<TestAzureServer> {
  // Somebody may take a free port before Azurite does.
  return await startOnFreePort().catch(startOnFreePort);
}

async function startOnFreePort(): Promise<TestAzureServer> {
  const port = await freePort();
  const account = `test${randomBytes(6).toString("hex")}`;
  const accountKey = randomBytes(64).toString("base64");
  const child = startProcess(port, `${account}:${accountKey}`);
  await untilReady(child);
  letGo(child);
  const endpoint = `http://127.0.0.1:${port}`;
  const connectionString = [
    "DefaultEndpointsProtocol=http",
    `AccountName=${account}`,
    `AccountKey=${accountKey}`,
    `BlobEndpoint=${endpoint}/${account}`,
  ].join(";");
  return { endpoint, account, accountKey, connectionString, stop: () => stop(child) };
}

function startProcess(port: number, accounts: string): ChildProcess {
  const server = require.resolve("azurite/dist/src/blob/main.js");
  const options = ["--inMemoryPersistence", "--skipApiVersionCheck", "--silent"];
  const place = ["--blobHost", "127.0.0.1", "--blobPort", `${port}`, "--disableTelemetry"];
  // A process group of its own: Ctrl-C reaches this process alone, whose end then ends the server.
  return spawn(process.execPath, ["--import", LEASH, server, ...place, ...options], {
    stdio: ["pipe", "pipe", "pipe"],
    detached: true,
    env: { ...process.env, AZURITE_ACCOUNTS: accounts },
  });
}

/** Ends the process when nobody holds the other end of its stdin any more. */
const LEASH = `data:text/javascript,${encodeURIComponent(
  'process.stdin.on("end", () => process.exit(0)).on("error", () => process.exit(0)).resume();',
)}`;

async function untilReady(child: ChildProcess): Promise<void> {
  let said = "";
  const timer = setTimeout(() => child.kill("SIGKILL"), START_LIMIT_MS);
  try {
    await new Promise<void>((resolve, reject) => {
      const hear = (text: string) => {
        said += text;
        if (said.includes("successfully listen")) resolve();
      };
      child.stdout?.setEncoding("utf8").on("data", hear);
      child.stderr?.setEncoding("utf8").on("data", hear);
      child.once("error", reject);
      child.once("exit", () => reject(new Error(`Azurite did not start: ${said.trim()}`)));
    });
  } finally {
    clearTimeout(timer);
  }
}

/** Lets this process end although the server lives: its pipe closes then, and the server ends too. */
function letGo(child: ChildProcess): void {
  for (const stream of [child.stdin, child.stdout, child.stderr]) {
    if (stream instanceof Socket) stream.unref();
  }
  child.stdout?.resume();
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
