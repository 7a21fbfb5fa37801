import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { UsageError } from "@keywhen/host";
import type { Hono } from "hono";

export interface Listening extends AsyncDisposable {
  readonly port: number;
}

export interface ServeOptions {
  readonly host: string;
  /** `undefined`: the default port, or the next free one. */
  readonly port: number | undefined;
}

const USUAL_PORT = 4_780;
const PORTS_TRIED = 20;

/** Serves the page. Disposing closes all connections. */
export async function serve(app: Hono, { host, port }: ServeOptions): Promise<Listening> {
  const server = createServer(getRequestListener(app.fetch));
  const ports = port === undefined ? nextPorts() : [port];
  for (const candidate of ports) {
    if (await listens(server, candidate, host, candidate === ports.at(-1))) break;
  }
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("no TCP port");
  return {
    port: address.port,
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function nextPorts(): readonly number[] {
  return Array.from({ length: PORTS_TRIED }, (_, index) => USUAL_PORT + index);
}

async function listens(server: Server, port: number, host: string, isLast: boolean) {
  server.listen(port, host);
  try {
    await once(server, "listening");
    return true;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    if (code === "EADDRINUSE" && !isLast) return false;
    throw new UsageError(
      `Can't listen on ${host}, port ${port} (${code}).`,
      "Give another --port.",
    );
  }
}
