import { randomBytes } from "node:crypto";
import { createRequire } from "node:module";
import { startLeashed, stopLeashed } from "./leashed-process.js";
import { freePort } from "./loopback.js";

/** An empty account of an Azure Blob server on loopback. */
export interface TestAzureServer {
  /** Without the account, which is the first part of each path. */
  readonly endpoint: string;
  readonly account: string;
  /** Base64, as Azure gives its keys. */
  readonly accountKey: string;
  readonly connectionString: string;
  /** Ends the server with its objects, unless it is shared. */
  readonly stop: () => Promise<void>;
}

const require = createRequire(import.meta.url);

/** Ends the process when its standard input ends. */
const LEASH = `data:text/javascript,${encodeURIComponent(
  'process.stdin.on("end", () => process.exit(0)).on("error", () => process.exit(0)).resume();',
)}`;

/** Starts Microsoft's emulator in memory; it ends with `stop()`, or with this process. */
export async function startAzurite(): Promise<TestAzureServer> {
  const [first] = await startAzuriteWithAccounts(1);
  if (first === undefined) throw new Error("Azurite has no account.");
  return first;
}

/** One with this many accounts; each account can stop it. */
export async function startAzuriteWithAccounts(count: number): Promise<TestAzureServer[]> {
  // Another process may take a free port before Azurite does.
  return await startOnFreePort(count).catch(() => startOnFreePort(count));
}

async function startOnFreePort(count: number): Promise<TestAzureServer[]> {
  const port = await freePort();
  const accounts = Array.from({ length: count }, () => ({
    account: `test${randomBytes(6).toString("hex")}`,
    accountKey: randomBytes(64).toString("base64"),
  }));
  const server = require.resolve("azurite/dist/src/blob/main.js");
  const options = ["--inMemoryPersistence", "--skipApiVersionCheck", "--silent"];
  const place = ["--blobHost", "127.0.0.1", "--blobPort", `${port}`, "--disableTelemetry"];
  const child = await startLeashed(
    process.execPath,
    ["--import", LEASH, server, ...place, ...options],
    {
      ready: /successfully listen/,
      env: {
        ...process.env,
        AZURITE_ACCOUNTS: accounts
          .map(({ account, accountKey }) => `${account}:${accountKey}`)
          .join(";"),
      },
    },
  );
  const endpoint = `http://127.0.0.1:${port}`;
  return accounts.map(({ account, accountKey }) => ({
    endpoint,
    account,
    accountKey,
    connectionString: `DefaultEndpointsProtocol=http;AccountName=${account};AccountKey=${accountKey};BlobEndpoint=${endpoint}/${account}`,
    stop: () => stopLeashed(child),
  }));
}
