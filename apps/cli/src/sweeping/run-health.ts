import { once } from "node:events";
import { systemClock } from "@keywhen/core/internal";
import { UsageError } from "@keywhen/host";
import { toJson } from "../output/output.js";
import { isHolding, type RunState } from "./run-state.js";

export interface HealthServer extends AsyncDisposable {
  readonly url: string;
}

/** The run is unhealthy after this number of intervals without the end of a sweep. */
const INTERVALS = 3;

/** Answers `GET /health` on loopback: 200 while sweeps end, otherwise 503. Port 0 takes any free port. */
export async function serveHealth(
  port: number,
  state: RunState,
  intervalMs: number,
): Promise<HealthServer> {
  const { createServer } = await import("node:http"); // only this option needs it
  const server = createServer(({ method, url }, answer) => {
    answer.setHeader("content-type", "application/json");
    if (url !== "/health" || (method !== "GET" && method !== "HEAD")) {
      answer.writeHead(404).end();
      return;
    }
    answer.writeHead(isHealthy(state, intervalMs) ? 200 : 503).end(`${toJson(healthOf(state))}\n`);
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening").catch((error: unknown) => refuse(port, error));
  const address = server.address();
  const listeningOn = typeof address === "object" && address !== null ? address.port : port;
  return {
    url: `http://127.0.0.1:${listeningOn}/health`,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function isHealthy({ lastSweepMs }: RunState, intervalMs: number): boolean {
  return systemClock.monotonic() - lastSweepMs <= INTERVALS * intervalMs;
}

function healthOf(state: RunState) {
  return {
    lastSweepAt: state.lastSweepAt ?? null,
    oldestDueAt: state.oldestDueAt ?? null,
    holding: isHolding(state),
  };
}

function refuse(port: number, error: unknown): never {
  const why = error instanceof Error && "code" in error ? ` (${error.code})` : "";
  throw new UsageError(`Can't listen on port ${port}${why}.`, "Give --health another port.");
}
