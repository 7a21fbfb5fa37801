import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, get, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { startAzurite, startAzuriteWithAccounts, type TestAzureServer } from "./azurite.js";
import { startCephGateway, type TestS3Account, type TestS3Server } from "./ceph-gateway.js";

/** Names the socket that opens accounts for the test files of a run. */
const SOCKET = "TEST_SERVERS_SOCKET";
/** Azurite must know them when it starts. */
const AZURITE_ACCOUNTS = 32;

/**
 * For all projects of a test run: one Ceph gateway and one Azurite, which start when a test first asks for an account.
 */
export async function setup(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "keywhen-servers-"));
  let gateway: Promise<TestS3Server> | undefined;
  let azurite: Promise<TestAzureServer[]> | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const openAccount = (path: string | undefined): Promise<TestS3Account | TestAzureServer> => {
    if (path === "/azurite") {
      azurite ??= startAzuriteWithAccounts(AZURITE_ACCOUNTS + 1);
      return azurite.then((accounts) => {
        const account = accounts.length > 1 ? accounts.pop() : undefined;
        if (account === undefined) throw new Error("Azurite has no more accounts.");
        return account;
      });
    }
    gateway ??= startCephGateway();
    const account = Promise.all([gateway, last]).then(([server]) => server.openAccount());
    last = account.catch(() => {}); // the caller gets the error
    return account;
  };
  const server = createServer(({ url }, response) => {
    openAccount(url).then(
      (account) => response.end(JSON.stringify(account)),
      (error: unknown) => response.writeHead(500).end(JSON.stringify(`${error}`)),
    );
  });
  process.env[SOCKET] = join(folder, "socket");
  server.listen(process.env[SOCKET]);
  await once(server, "listening");
  return async () => {
    delete process.env[SOCKET];
    server.close();
    await (await gateway)?.stop();
    await (await azurite)?.[0]?.stop();
    await rm(folder, { recursive: true, force: true });
  };
}

/**
 * Opens an account that is empty at the start: on the Ceph gateway that the test run shares, or on a new one outside of a test
 * run.
 */
export async function openCephAccount(): Promise<TestS3Account> {
  const shared = await askFor<TestS3Account>("/ceph");
  return shared ?? (await startCephGateway());
}

/** Opens an account on the test run's Azurite, or on a new one. */
export async function openAzuriteAccount(): Promise<TestAzureServer> {
  const shared = await askFor<TestAzureServer>("/azurite");
  return shared ?? (await startAzurite());
}

async function askFor<Account>(path: string): Promise<Account | undefined> {
  const socketPath = process.env[SOCKET];
  if (!socketPath) return undefined;
  const request = get({ socketPath, path });
  const [response]: IncomingMessage[] = await once(request, "response");
  if (response === undefined) throw new Error("The shared servers gave no answer.");
  const answer: unknown = await json(response);
  if (response.statusCode !== 200) throw new Error(`No account on the shared server: ${answer}`);
  return Object.assign(Object(answer), { stop: async () => {} });
}
