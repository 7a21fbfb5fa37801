import { rm } from "node:fs/promises";
import { join } from "node:path";
import { PutBucketVersioningCommand } from "@aws-sdk/client-s3";
import { s3Error, startAnsweringServer, withCeph } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { useWorkplace } from "../testing/run-keywhen.js";
import { openCephBuckets, s3Access } from "../testing/s3.js";

const place = useWorkplace({ inProcess: true });

const PAST = "2026-01-01T00:00Z";

describe("keywhen doctor", () => {
  it("prints one line per check and exits 0 if all is well", async () => {
    const run = await place.run(["doctor"]);
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    const lines = run.stdout.trimEnd().split("\n");
    expect(lines[0]).toMatch(/^ok {4}store: lists schedule\/keywhen\/pending\/, \d+ ms$/);
    expect(lines.slice(1)).toEqual([
      "ok    list order: too few keys to compare (--probe writes some)",
      "ok    lag: nothing waits",
      "ok    clock: the store uses this machine's clock",
      "ok    dead letters: none",
      "ok    lease: no sweeper has taken it yet",
      "ok    shard map: no shards",
      expect.stringMatching(
        /^warn {2}folder: there is no folder .* yet; the first event creates it/,
      ),
    ]);
  });

  it("warns about dead letters, says how to list them, and reports that no sweeper is at work", async () => {
    await place.run(["schedule", "--at", PAST, "--to", "out/x", "--body", "a"]);
    await place.run(["schedule", "--at", PAST, "--to", "other/y", "--body", "a"]);
    await place.run(["sweep", "--allow", "other/*"]);
    const run = await place.run(["doctor"]);
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toMatch(
      /^warn {2}dead letters: 1 could not be delivered → keywhen dead list/m,
    );
    expect(run.stdout).toMatch(/^ok {4}lease: no sweeper is at work right now$/m);
  });

  it("fails for a recurring schedule without its wake-up, and stores it again with --repair", async () => {
    await place.run("every 1h --name hourly --to out/x --body a");
    await rm(join(place.folder, "data/schedule/keywhen/pending"), { recursive: true });
    const run = await place.run(["doctor"]);
    expect(run.exitCode).toBe(1);
    expect(run.stdout).toMatch(
      /^FAIL {2}recurring schedules: .*"hourly".* keywhen doctor --repair/m,
    );
    const repaired = await place.run(["doctor", "--repair"]);
    expect(repaired).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("stored the") });
    expect((await place.run(["doctor"])).stdout).toMatch(/^ok {4}recurring schedules: 1$/m);
  });

  it("probes rights, order and conditions, and leaves no file behind", async () => {
    const run = await place.run(["doctor", "--probe", "--allow", "out/*"]);
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    expect(run.stdout).toMatch(/^ok {4}put if absent: one winner of 8$/m);
    expect(run.stdout).toMatch(/^ok {4}target out\/\*: /m);
    expect(run.stdout).not.toMatch(/^(warn|FAIL)/m);
    expect(place.files().filter((name) => name !== "owner")).toEqual([]);
  });

  it("exits 1 if no sweeper runs, and says what to do", async () => {
    await place.run(["schedule", "--at", PAST, "--to", "out/x", "--body", "a"]);
    const run = await place.run(["doctor"]);
    expect(run.exitCode).toBe(1);
    expect(run.stdout).toMatch(
      /^FAIL {2}lag: the oldest due event has waited for .* → start a sweeper/m,
    );
    const quiet = await place.run(["doctor", "-q"]);
    expect(quiet.stdout).toMatch(/^FAIL {2}lag: .*\n$/);
  });

  it("prints one object with --json", async () => {
    await place.run(["schedule", "--at", PAST, "--to", "out/x", "--body", "a"]);
    const run = await place.run(["doctor", "--json"]);
    const { checks } = JSON.parse(run.stdout);
    expect(checks).toContainEqual({
      name: "lag",
      status: "fail",
      detail: expect.stringContaining("has waited for"),
      hint: expect.stringContaining("keywhen sweep"),
    });
  });

  it("says what is missing where the schedule can't be read", async () => {
    const server = await startAnsweringServer(() => s3Error(403, "AccessDenied", "Access Denied"));
    const run = await place.runWith(s3Access(server.endpoint), ["doctor", "--probe"]);
    await server.stop();
    expect(run.exitCode).toBe(1);
    expect(run.stdout).toBe(
      "FAIL  store: list schedule: Access Denied (AccessDenied) → grant this identity the permission to list in bucket schedule\n",
    );
  });

  it("refuses a malformed target pattern", async () => {
    const run = await place.run(["doctor", "--allow", "out"]);
    expect(run).toMatchObject({ exitCode: 2, stdout: "" });
    expect(run.stderr).toContain('Invalid target pattern "out": it has no key');
  });
});

withCeph(describe)("keywhen doctor on a real S3 server", () => {
  it("tests the conditions of a known store, assumes none of an unknown one, and sees versions", async () => {
    await using server = await openCephBuckets("schedule", "out");
    const { client, env } = server;
    const doctor = (parameters: string, ...args: string[]) => {
      const store = { KEYWHEN_STORE: env.KEYWHEN_STORE + parameters };
      return place.runWith({ ...env, ...store }, ["doctor", "--probe", ...args]);
    };

    const ceph = await doctor("&service=ceph", "--allow", "out/*", "typo/*");
    expect(ceph.stdout).toMatch(/^ok {4}put if version: one winner of 8$/m);
    expect(ceph.stdout).toMatch(
      /^ok {4}clock: this machine is [01](?:\.\d)? s (ahead of|behind) the store$/m,
    );
    expect(ceph.stdout).toMatch(/^ok {4}versioning: off$/m);
    expect(ceph.stdout).toMatch(/^FAIL {2}target typo\/\*: .* → .*, or create bucket typo$/m);
    expect(ceph.stdout.match(/^FAIL/gm)).toHaveLength(1);
    expect(ceph.exitCode).toBe(1);

    const unknown = await doctor("");
    expect(unknown.stdout).toMatch(/^warn {2}put if absent: not declared/m);
    expect(unknown.exitCode).toBe(0);
    const proved = await doctor("&conditional-put=true");
    expect(proved.stdout).toMatch(/^ok {4}put if absent: one winner of 8$/m);

    const on = { Status: "Enabled" } as const;
    await client.send(
      new PutBucketVersioningCommand({ Bucket: "schedule", VersioningConfiguration: on }),
    );
    const versioned = await doctor("&service=ceph");
    expect(versioned.stdout).toMatch(
      /^FAIL {2}versioning: enabled: this store ignores the condition of a put/m,
    );
  }, 90_000);
});
