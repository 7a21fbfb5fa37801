import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { isRunning } from "../testing/is-running.js";
import { useWorkplace } from "../testing/run-keywhen.js";

const place = useWorkplace();

const written = (name: string) => readFileSync(join(place.folder, name), "utf8");
const schedule = (key: string, body: string, ...more: string[]) =>
  place.run(["schedule", "--in", "0s", "--to", `jobs/${key}`, "--file", "-", ...more], body);
const sweep = (command: string, ...more: string[]) =>
  place.run(["sweep", "--exec", `jobs/*=${command}`, ...more]);
const waiting = async () => (await place.run(["list", "--ids"])).stdout.split("\n").slice(0, -1);
/** The first number of a file, once it is written. */
async function pidIn(name: string): Promise<number> {
  while (!existsSync(join(place.folder, name)) || written(name) === "") await sleep(20);
  return Number(written(name));
}

describe("keywhen sweep --exec", () => {
  it("runs the command with the payload on stdin and the event in its environment", async () => {
    const meta = ["--meta", "user=42", "--meta", "order-id=7 b"];
    const type = ["--type", "text/x-test"];
    const at = ["schedule", "--at", "2026-01-01T00:00Z", "--to", "jobs/a/é $(x).txt"];
    await place.run([...at, ...meta, ...type, "--file", "-"], "line 1\nline 2\n");
    const run = await sweep("cat > body; env | grep ^KEYWHEN_ | sort > env");
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    expect(written("body")).toBe("line 1\nline 2\n");
    const lines = written("env").trimEnd().split("\n");
    expect(lines).toEqual([
      "KEYWHEN_BUCKET=jobs",
      "KEYWHEN_CONTENT_TYPE=text/x-test",
      expect.stringMatching(/^KEYWHEN_DELIVERY_ID=\w{12}$/),
      "KEYWHEN_DUE_AT=2026-01-01T00:00:00.000Z",
      "KEYWHEN_KEY=a/é $(x).txt",
      "KEYWHEN_META_ORDER_ID=7 b",
      "KEYWHEN_META_USER=42",
      "KEYWHEN_STORE=file:./data",
    ]);
    expect(await waiting()).toEqual([]);
  });

  it("prints what the command prints, without control characters", async () => {
    await schedule("k", "x");
    const run = await sweep("echo hello; printf 'a\\033[2Jb\\r\\n' >&2; printf last");
    expect(run.exitCode).toBe(0);
    expect(run.stderr.split("\n").sort()).toEqual([
      "",
      "jobs/k: a\\u001b[2Jb",
      "jobs/k: hello",
      "jobs/k: last",
    ]);
  });

  it("leaves an event whose command fails, with its exit code and its last line on stderr", async () => {
    await schedule("k", "x");
    const run = await sweep("echo out; echo 'no space left' >&2; exit 3");
    expect(run.stderr).toContain("the command exited with code 3: no space left");
    expect(await waiting()).toHaveLength(1);
  });

  it("ends a command after its time, with all that it has started", async () => {
    await schedule("k", "x");
    const run = await sweep("sleep 60 & echo $! > pid; wait", "--timeout", "500ms");
    expect(run.stderr).toMatch(/left for the next sweep/);
    const pid = await pidIn("pid");
    expect(isRunning(pid)).toBe(false);
    expect(await waiting()).toHaveLength(1);
  });

  it("runs one command after the other with --in-flight 1", async () => {
    for (const key of ["1", "2", "3"]) await schedule(key, "x");
    const script = 'mkdir lock || exit 1; sleep 0.1; echo "$KEYWHEN_KEY" >> order; rmdir lock';
    const run = await sweep(script, "--in-flight", "1");
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    expect(written("order").trimEnd().split("\n").sort()).toEqual(["1", "2", "3"]);
  });

  it("dead-letters an event that no pattern of its bucket matches", async () => {
    await schedule("other/k", "x");
    const run = await place.run(["sweep", "--exec", "jobs/a/*=true"]);
    expect(run.stderr).toMatch(/dead-lettered: .*no pattern matches its target \(jobs\/a\/\*\)/);
  });

  it("copies the events of other buckets", async () => {
    await schedule("k", "x");
    await place.run(["schedule", "--in", "0s", "--to", "out/k", "--body", "x"]);
    await sweep("true", "--allow", "out/*");
    expect(existsSync(join(place.folder, "data/out/k"))).toBe(true);
    expect(existsSync(join(place.folder, "data/jobs"))).toBe(false);
  });

  it("does not pass the secrets of webhooks on, and lets a command call keywhen", async () => {
    await schedule("k", "x");
    const secret = `whsec_${"A".repeat(32)}`;
    const env = { KEYWHEN_WEBHOOK_SECRET: secret, KEYWHEN_WEBHOOK_SECRET_HOOKS: secret };
    const run = await place.runWith(env, ["sweep", "--exec", "jobs/*=env > env"]);
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    expect(written("env")).not.toContain("whsec");
    const nested = { KEYWHEN_KEY: "k", KEYWHEN_META_USER: "42" };
    expect(await place.runWith(nested, ["list"])).toMatchObject({ exitCode: 0, stderr: "" });
  });
});

describe("keywhen run --exec", () => {
  it("gives a running command two seconds when it stops, then ends it", async () => {
    await schedule("quick", "x");
    await schedule("slow", "x");
    writeFileSync(
      join(place.folder, "job.sh"),
      'echo $$ > "$KEYWHEN_KEY.pid"\n[ "$KEYWHEN_KEY" = quick ] && sleep 1 || sleep 60\n',
    );
    const args = ["run", "--exec", "jobs/*=exec sh job.sh", "--in-flight", "2"];
    const child = place.start(args);
    let noted = "";
    child.stderr?.on("data", (text) => {
      noted += text;
    });
    child.stdout?.resume();
    const ended = new Promise((resolve) => child.once("close", resolve));
    const pids = [await pidIn("quick.pid"), await pidIn("slow.pid")];
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
    expect(pids.map(isRunning)).toEqual([false, false]);
    expect(await waiting()).toEqual([expect.stringContaining("|jobs|slow|")]);
    expect(noted).toContain("1 delivered");
  });

  it("counts at its end what failed and waits", async () => {
    await schedule("same", "1");
    await schedule("same", "2");
    const run = await place.run(["run", "--exec", "jobs/*=false", "--for", "1s"]);
    expect(run.stderr).toMatch(
      /: 0 delivered, 0 dead-lettered, 2 waiting for another try, \d+ req/,
    );
  });

  it("delivers other events in time while a command prints without end", async () => {
    await schedule("flood", "x");
    await place.run(["schedule", "--in", "2s", "--to", "out/k", "--body", "x"]);
    const flood = ["--exec", "jobs/*=yes", "--timeout", "3s"];
    const run = await place.run(["run", ...flood, "--allow", "out/*", "--for", "4s", "--json"]);
    expect(run.exitCode).toBe(0);
    const reported = run.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    const delivered = reported.find(({ type }) => type === "delivered");
    expect(delivered).toMatchObject({ to: { key: "k" }, latenessMs: expect.any(Number) });
    expect(delivered.latenessMs).toBeLessThan(500);
    const printed = run.stderr.split("\n").filter((line) => line.includes("jobs/flood: "));
    expect(printed).toHaveLength(1_001);
  }, 20_000);

  it("leaves no command running after the second signal", async () => {
    await schedule("k", "x");
    const args = ["run", "--exec", "jobs/*=echo $$ > pid; sleep 60"];
    const child = place.start(args);
    child.stderr?.resume();
    child.stdout?.resume();
    const ended = new Promise((resolve) => child.once("close", resolve));
    const pid = await pidIn("pid");
    child.kill("SIGINT");
    await sleep(300);
    child.kill("SIGINT");
    expect(await ended).toBe(130);
    await sleep(100);
    expect(isRunning(pid)).toBe(false);
  });
});

describe("mistakes in --exec", () => {
  it.each([
    [["--exec", "./restore.sh"], "--exec must be a pattern and what it leads to"],
    [["--exec", "jobs/*=true", "--timeout", "soon"], "soon"],
    [["--exec", "jobs/*=true", "--in-flight", "0"], "--in-flight must be a whole number from 1"],
    [["--exec", "jobs/*=true", "--deadline", "50s"], "--deadline 50s leaves no time for a command"],
    [["--exec", "jobs/*=true", "--post", "jobs/a=https://x.example"], "Both --exec and --post"],
  ])("%j are refused", async (args, part) => {
    const env = { KEYWHEN_WEBHOOK_SECRET: `whsec_${"A".repeat(32)}` };
    const run = await place.runWith(env, ["sweep", ...args]);
    expect(run).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(part) });
    expect(readdirSync(place.folder)).not.toContain("data");
  });
});
