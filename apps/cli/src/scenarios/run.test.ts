import type { ChildProcess } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { parseNotification } from "@keywhen/consumer";
import { type AnsweringServer, s3Error, startAnsweringServer } from "@keywhen/test-servers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { addSlowStore, SLOW, scheduleDue } from "../testing/adapter-modules.js";
import { finish, useWorkplace } from "../testing/run-keywhen.js";
import { s3Access } from "../testing/s3.js";

const place = useWorkplace();

/** `until` resolves when the output matches. */
function watch(stream: NodeJS.ReadableStream | null) {
  const watched = { output: "", until };
  let look = () => {};
  stream?.setEncoding("utf8").on("data", (text: string) => {
    watched.output += text;
    look();
  });
  function until(pattern: RegExp): Promise<void> {
    return new Promise((resolve) => {
      look = () => void (pattern.test(watched.output) && resolve());
      look();
    });
  }
  return watched;
}

function leaseHolders(): unknown {
  const file = join(place.folder, "data/schedule/keywhen/lease/sweep.json");
  return JSON.parse(readFileSync(file, "utf8")).holders;
}

const eventsOf = (stdout: string) =>
  stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));

const schedule = (key: string, ...when: string[]) =>
  place.run(["schedule", ...when, "--to", `out/${key}`, "--body", "x"]);

/** The lateness in each line, by its key. */
function latenessOf(stdout: string): Record<string, number> {
  const lines = stdout.matchAll(/^[\d:.]{12} {2}delivered {2}out\/(.*?) {2}(\d+) ms late/gm);
  return Object.fromEntries([...lines].map(([, key = "", ms]) => [key, Number(ms)]));
}

describe("keywhen run", () => {
  let endpoint: AnsweringServer;
  beforeEach(async () => {
    let asked = 0;
    endpoint = await startAnsweringServer(() => ({ status: asked++ === 0 ? 503 : 204 }));
  });
  afterEach(() => endpoint.stop());

  it("delivers on time and at short notice, forwards, answers health checks, and releases the lease", async () => {
    await schedule("a b+c/é.json", "--in", "4s");
    const args = ["run", "--poll", "300ms", "--health", "0", "--forward-to", endpoint.endpoint];
    const child = place.start(args);
    const [said, noted, ended] = [watch(child.stdout), watch(child.stderr), exitOf(child)];
    await noted.until(/health\n/);
    await schedule("soon", "--in", "100ms");
    await said.until(/(.* → 204\n){2}/);

    const lateness = latenessOf(said.output);
    expect(lateness["a b+c/é.json"]).toBeLessThan(500);
    expect(lateness["soon"]).toBeLessThan(300 + 500);
    expect(said.output.match(/ms late {2}→ 204$/gm)).toHaveLength(2);
    expect(noted.output).toMatch(/ {2}→ 503 .* {2}out\/.* {2}trying again$/m);
    const posted = endpoint.requests.flatMap(({ body }) => parseNotification(body.toString()));
    expect(posted).toHaveLength(3);
    expect(posted).toContainEqual({ bucket: "out", key: "a b+c/é.json" });
    expect(posted).toContainEqual({ bucket: "out", key: "soon" });

    const health = await fetch(/http\S+health/.exec(noted.output)?.[0] ?? "");
    expect(health.status).toBe(200);
    expect(await health.json()).toEqual({ lastSweepAt: null, oldestDueAt: null, holding: true });

    const stoppedMs = performance.now();
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
    expect(performance.now() - stoppedMs).toBeLessThan(5_000);
    expect(noted.output).toMatch(
      /^Stopped after .*: 2 delivered, 0 dead-lettered, \d+ requests\.$/m,
    );
    expect(leaseHolders()).toEqual([]);
  });

  it("shares the work with another one: each event is delivered once", async () => {
    const keys = Array.from({ length: 40 }, (_, index) => `${index}`);
    for (const key of ["a", "b"]) await schedule(key, "--in", "2s");
    await scheduleDue(place, keys.length);
    const args = ["run", "--json", "--every", "2s", "--poll", "200ms", "--for", "6s"];
    const runs = await Promise.all([finish(place.start(args)), finish(place.start(args))]);
    expect(runs).toMatchObject([{ exitCode: 0 }, { exitCode: 0 }]);
    const events = runs.flatMap(({ stdout }) => eventsOf(stdout));
    const delivered = events.filter(({ type }) => type === "delivered");
    expect(delivered.map(({ to }) => to.key).sort()).toEqual(
      ["a", "b", ...keys.map((key) => `${key}.txt`)].sort(),
    );
    const swept = events.filter(({ report }) => report?.outcome === "swept");
    expect(swept.length).toBeGreaterThanOrEqual(2);
    const held = events.find(({ report }) => report?.outcome === "held");
    expect(held).toMatchObject({ type: "swept", report: { by: expect.stringContaining(" pid ") } });
    expect(readdirSync(join(place.folder, "data/out"))).toHaveLength(42);
  });

  it("reports what it dead-letters, and what it delivers but can't forward", async () => {
    await schedule("late", "--at", "2026-01-01T00:00Z");
    const wrong = ["schedule", "--at", "2026-01-01T00:00Z", "--to", "wrong/7", "--body", "x"];
    await place.run(wrong);
    const { endpoint: gone, stop } = await startAnsweringServer(() => "reset");
    await stop();
    const args = ["run", "--allow", "out/*", "--every", "2s", "--for", "4500ms"];
    const run = await place.run([...args, "--forward-to", gone]);
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toMatch(
      /^\S+ {2}delivered {2}out\/late {2}.* late {2}→ not forwarded: ECONNREFUSED\n$/,
    );
    expect(run.stderr).toMatch(
      /^\S+ {2}dead {7}'2026-01.*wrong\|7\|.*' {2}--allow doesn't name its target$/m,
    );
    expect(place.files()).toContain("late");
  });

  it("ends immediately on the second signal", async () => {
    await addSlowStore(place);
    await scheduleDue(place, 1);
    const env = { DELAYS_MS: JSON.stringify({ copy: 60_000 }) };
    const child = place.start(["run", "-v", ...SLOW, "--allow", "out/*"], env);
    const [noted, ended] = [watch(child.stderr), exitOf(child)];
    await noted.until(/^list schedule/m);
    child.kill("SIGINT");
    await noted.until(/Ctrl-C again to end immediately/);
    const secondMs = performance.now();
    child.kill("SIGINT");
    expect(await ended).toBe(130);
    expect(performance.now() - secondMs).toBeLessThan(1_000);
  });

  it("ends when stdout loses its reader", async () => {
    await scheduleDue(place, 300);
    const child = place.start(["run"]);
    child.stdout?.once("data", () => child.stdout?.destroy());
    expect(await exitOf(child)).toBe(0);
    expect(leaseHolders()).toEqual([]);
  });

  it("ends with exit code 1 if the bucket is missing", async () => {
    const server = await startAnsweringServer(() => s3Error(404, "NoSuchBucket"));
    const run = await place.runWith(s3Access(server.endpoint), ["run", "--allow", "out/*"]);
    await server.stop();
    expect(run).toMatchObject({ exitCode: 1, stdout: "" });
    expect(run.stderr).toContain('keywhen: There is no bucket "schedule"');
  });

  it.each([
    [["--every", "1s"], "every must be between 2s and 1h (got 1s)"],
    [["--poll", "1ms"], "poll must be at least 100ms (got 1ms)"],
    [["--forward-to", "localhost:3000"], 'or https:// address (got "localhost:3000")'],
    [["--forward-to", "ftp://me:hunter2@host/x"], 'address (got "ftp://…@host/x")'],
    [["--forward-to", "me:hunter2@host"], 'address (got "…@host")'],
    [["--health", "99999"], 'must be a port number up to 65535 (got "99999")'],
    [["--for", "soon"], "soon"],
  ])("refuses %j", async (args, why) => {
    const run = await place.run(["run", ...args]);
    expect(run).toMatchObject({ exitCode: 2, stdout: "", stderr: expect.stringContaining(why) });
    expect(run.stderr).toMatch(/^keywhen: [^\n]*\n$/);
    expect(run.stderr).not.toContain("hunter2");
  });

  it("sends the credentials of --forward-to as a header, and prints them nowhere", async () => {
    await schedule("k", "--in", "0s");
    const { host } = new URL(endpoint.endpoint);
    const url = `http://me:hunter%202@${host}/due`;
    const run = await place.run(["run", "-v", "--for", "2s", "--forward-to", url]);
    expect(run.stdout).toMatch(/ → 204\n$/);
    expect(run.stdout + run.stderr).not.toMatch(/hunter/);
    const expected = `Basic ${Buffer.from("me:hunter 2").toString("base64")}`;
    expect(endpoint.requests.map(({ headers }) => headers["authorization"])).toEqual([
      expected,
      expected,
    ]);
  });

  it("follows no redirect of --forward-to", async () => {
    const elsewhere = await startAnsweringServer(() => ({ status: 204 }));
    const headers = { location: `${elsewhere.endpoint}/stolen` };
    const redirecting = await startAnsweringServer(() => ({ status: 307, headers }));
    await schedule("k", "--in", "0s");
    const run = await place.run(["run", "--for", "1s", "--forward-to", redirecting.endpoint]);
    await Promise.all([elsewhere.stop(), redirecting.stop()]);
    expect(run.stdout).toMatch(/→ not forwarded: 307 .*\(redirects are not followed\)\n$/);
    expect(elsewhere.requests).toEqual([]);
  });

  it("releases the lease when its terminal is closed", async () => {
    await scheduleDue(place, 1);
    const child = place.start(["run", "-v", "--poll", "200ms"]);
    const [noted, ended] = [watch(child.stderr), exitOf(child)];
    await noted.until(/put schedule\/keywhen\/lease/);
    child.kill("SIGHUP");
    expect(await ended).toBe(0);
    expect(leaseHolders()).toEqual([]);
  });

  it("refuses a port for --health that is taken", async () => {
    const { port } = new URL(endpoint.endpoint);
    const run = await place.run(["run", "--health", port]);
    expect(run).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("EADDRINUSE") });
  });
});

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once("close", resolve));
}
