import { once } from "node:events";
import { createServer, type Server } from "node:net";

/** Listens on loopback, on a free port by default, and returns the port. */
export async function listen(server: Server, port = 0): Promise<number> {
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("No port was given.");
  return address.port;
}

/** Resolves when all connections have ended; `end` may end them. */
export async function stopListening(server: Server, end: () => void = () => {}): Promise<void> {
  const closed = once(server, "close");
  server.close();
  end();
  await closed;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await stopListening(server);
  return port;
}
