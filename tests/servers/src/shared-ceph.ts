import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, get, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { startCephGateway, type TestS3Account, type TestS3Server } from "./ceph-gateway.js";

/** Names the socket at which the test files of one run ask for accounts. */
const SOCKET = "TEST_CEPH_SOCKET";

/** Lets all processes of a test run share one gateway, which starts when the first of them asks for an account. */
export async function shareCephGateway(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "keywhen-shared-ceph-"));
  let gateway: Promise<TestS3Server> | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const openAccount = (): Promise<TestS3Account> => {
    gateway ??= startCephGateway();
    const account = Promise.all([gateway, last]).then(([server]) => server.openAccount());
    last = account.catch(() => {}); // the caller gets the error
    return account;
  };
  const server = createServer((_, response) => {
    openAccount().then(
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
    await rm(folder, { recursive: true, force: true });
  };
}

/**
 * An account of one's own on a Ceph gateway, with buckets of its own and empty at the start: on the gateway that the test run
 * shares, or else on a new one.
 */
export async function openCephAccount(): Promise<TestS3Account> {
  const socketPath = process.env[SOCKET];
  if (!socketPath) return await startCephGateway();
  const request = get({ socketPath, path: "/" });
  const [response]: IncomingMessage[] = await once(request, "response");
  if (response === undefined) throw new Error("The shared Ceph gateway gave no answer.");
  const answer: unknown = await json(response);
  if (response.statusCode !== 200) throw new Error(`No account on the shared gateway: ${answer}`);
  return { ...readAccount(answer), stop: async () => {} };
}

function readAccount(answer: unknown): Omit<TestS3Account, "stop"> {
  const fields = new Map(Object.entries(Object(answer)));
  const text = (name: string) => {
    const value = fields.get(name);
    if (typeof value !== "string") throw new Error(`The shared Ceph gateway gave no ${name}.`);
    return value;
  };
  return {
    endpoint: text("endpoint"),
    region: text("region"),
    accessKeyId: text("accessKeyId"),
    secretAccessKey: text("secretAccessKey"),
  };
}
