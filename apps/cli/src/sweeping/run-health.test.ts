import { afterEach, describe, expect, it } from "vitest";
import { type HealthServer, serveHealth } from "./run-health.js";
import { newRunState } from "./run-state.js";

const INTERVAL_MS = 60_000;
let server: HealthServer | undefined;
afterEach(() => server?.[Symbol.asyncDispose]());

async function askAfter(ms: number) {
  const state = newRunState();
  state.lastSweepMs -= ms;
  state.lastSweepAt = new Date("2026-11-24T10:00:00Z");
  state.oldestDueAt = new Date("2026-11-24T09:00:00Z");
  server = await serveHealth(0, state, INTERVAL_MS);
  const answer = await fetch(server.url);
  return { status: answer.status, body: await answer.json() };
}

describe("serveHealth()", () => {
  it("answers 200 while a sweep has ended within three intervals", async () => {
    expect(await askAfter(2.9 * INTERVAL_MS)).toEqual({
      status: 200,
      body: {
        lastSweepAt: "2026-11-24T10:00:00.000Z",
        oldestDueAt: "2026-11-24T09:00:00.000Z",
        holding: false,
      },
    });
  });

  it("answers 503 once none has", async () => {
    expect(await askAfter(3.1 * INTERVAL_MS)).toMatchObject({ status: 503 });
  });

  it("has nothing else", async () => {
    server = await serveHealth(0, newRunState(), INTERVAL_MS);
    expect((await fetch(new URL("/", server.url))).status).toBe(404);
    expect((await fetch(server.url, { method: "POST" })).status).toBe(404);
  });
});
