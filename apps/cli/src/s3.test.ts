import { EventEmitter, once } from "node:events";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import {
  type Answer,
  DESCRIBED,
  openCephAccount,
  type RecordedRequest,
  s3Error,
  startAnsweringServer,
  withCeph,
} from "@keywhen/test-servers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { finish, openWorkplace, type Workplace } from "./testing/run-keywhen.js";
import { DUE, isCopy, listingOfOneDue, s3Access } from "./testing/s3-answers.js";

let place: Workplace;
beforeEach(async () => {
  place = await openWorkplace();
});
afterEach(() => place[Symbol.asyncDispose]());

const SCHEDULE = ["schedule", "--in", "10m", "--to", "out/x", "--body", "hello"];

/** There is none: the schedule has no shards. */
function isShardMap({ url }: RecordedRequest): boolean {
  return url.includes("/shards.json");
}

async function against(
  handler: (request: RecordedRequest) => Answer,
  args: readonly string[],
): Promise<{ exitCode: number | null; stderr: string; stdout: string }> {
  const server = await startAnsweringServer((request) =>
    isShardMap(request) ? s3Error(404, "NoSuchKey") : handler(request),
  );
  try {
    return await place.runWith(s3Access(server.endpoint), args);
  } finally {
    await server.stop();
  }
}

describe("keywhen and what S3 refuses", () => {
  it("names the missing permission and the bucket", async () => {
    const denied = () => s3Error(403, "AccessDenied", "Access Denied");
    const put = await against(denied, SCHEDULE);
    expect(put).toMatchObject({ exitCode: 1, stdout: "" });
    expect(put.stderr).toBe(
      "keywhen: Permission denied: can't write schedule/keywhen/pending/ (Access Denied (AccessDenied)). This identity needs the permission s3:PutObject on bucket schedule.\n",
    );
    const list = await against(denied, ["list", "--json"]);
    expect(JSON.parse(list.stderr)).toMatchObject({
      error: { code: "denied", hint: expect.stringContaining("s3:ListBucket") },
    });
  });

  it("says which bucket isn't there", async () => {
    const run = await against(() => s3Error(404, "NoSuchBucket"), SCHEDULE);
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toMatch(/^keywhen: There is no bucket "schedule" in s3:\/\/.*\n$/);
  });

  it("asks for credentials and for a region", async () => {
    const store = "s3://schedule?endpoint=http://127.0.0.1:9";
    const run = await place.run([...SCHEDULE, "-s", `${store}&region=us-east-1`]);
    expect(run).toMatchObject({ exitCode: 1, stdout: "" });
    expect(run.stderr).toMatch(/^keywhen: No AWS credentials found\. Set AWS_PROFILE.*\n$/);
    const keys = { AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "b" };
    const nowhere = await place.runWith(keys, [...SCHEDULE, "-s", store]);
    expect(nowhere.exitCode).toBe(2);
    expect(nowhere.stderr).toMatch(/^keywhen: No AWS region is set: set AWS_REGION.*\n$/);
  });

  it("says that the store doesn't answer, and that nothing was done", async () => {
    const run = await place.runWith(s3Access("http://127.0.0.1:9"), SCHEDULE);
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toMatch(
      /^keywhen: The store did not answer .*ECONNREFUSED.*Nothing was done.*\n$/,
    );
  });

  it("never shows the secret, not even with -v", async () => {
    const run = await against(() => s3Error(403, "SignatureDoesNotMatch"), ["list", "-v"]);
    expect(run.stderr).toMatch(/^get schedule.*\nlist schedule/);
    expect(run.stderr).not.toContain("top-secret");
  });

  it("judges nothing by a clock that is wrong", async () => {
    const late = { date: new Date(Date.now() - 3_600_000).toUTCString() };
    const id = "2096-11-25T08:00:00.000Z|reminders|42.json|order-42";
    const cancel = await against(() => ({ headers: { ...DESCRIBED, ...late } }), ["cancel", id]);
    expect(cancel).toMatchObject({ exitCode: 1, stdout: "" });
    expect(cancel.stderr).toMatch(
      /^keywhen: This machine's clock is [\d.]+ s ahead of the store's .* keywhen doctor shows/,
    );
    const sweep = await against(() => listingOfOneDue(late), ["sweep", "--allow", "*"]);
    expect(sweep).toMatchObject({ exitCode: 6, stdout: expect.stringContaining("set it (NTP)") });
  });

  it("wants --allow for a sweep", async () => {
    const run = await place.runWith(s3Access("http://127.0.0.1:9"), ["sweep"]);
    expect(run).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("--allow") });
  });

  it("exits 6 if an event has to be left, and says why", async () => {
    const run = await against(
      (request) => (isCopy(request) ? s3Error(404, "NoSuchBucket") : listingOfOneDue()),
      ["sweep", "--allow", "out/*"],
    );
    expect(run.exitCode).toBe(6);
    expect(run.stderr).toContain(`'${DUE}'`);
    expect(run.stdout).toContain("Delivered 0 of 1 due");
  });
});

describe("keywhen sweep and Ctrl-C", () => {
  /** A sweep whose one copy never gets an answer, at the moment when that copy is under way. */
  async function hangingSweep(): Promise<{
    child: ReturnType<Workplace["start"]>;
    stop: () => Promise<void>;
  }> {
    const copying = new EventEmitter();
    const server = await startAnsweringServer((request) => {
      if (isShardMap(request)) return s3Error(404, "NoSuchKey");
      if (!isCopy(request)) return listingOfOneDue();
      copying.emit("started");
      return { delayMs: 60_000 };
    });
    const started = once(copying, "started");
    const child = place.start(["sweep", "--allow", "*", "--json"], s3Access(server.endpoint));
    await started;
    return { child, stop: server.stop };
  }

  it("winds down and prints the report", async () => {
    const { child, stop } = await hangingSweep();
    child.kill("SIGTERM");
    const run = await finish(child);
    expect(run.exitCode).toBe(130);
    expect(JSON.parse(run.stdout)).toMatchObject({ due: 1, delivered: 0, truncated: "aborted" });
    await stop();
  });

  it("leaves at once the second time", async () => {
    const { child, stop } = await hangingSweep();
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      if (text.includes("Stopping")) child.kill("SIGINT");
    });
    child.kill("SIGINT");
    expect(await finish(child)).toMatchObject({ exitCode: 130, stdout: "" });
    await stop();
  });
});

withCeph(describe)("keywhen on a real S3 server", () => {
  it("schedules, lists, sweeps and cancels", async () => {
    const server = await openCephAccount();
    try {
      const { endpoint, region, accessKeyId, secretAccessKey } = server;
      const credentials = { accessKeyId, secretAccessKey };
      const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
      await client.send(new CreateBucketCommand({ Bucket: "schedule" }));
      await client.send(new CreateBucketCommand({ Bucket: "out" }));
      client.destroy();
      const env = {
        ...s3Access(endpoint),
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
      };
      const run = (...args: string[]) => place.runWith(env, args, "hello");
      const due = await run("schedule", "--at", "2026-01-01T00:00Z", "--to", "out/x", "-q");
      expect(due).toMatchObject({ exitCode: 0 });
      const later = await run("schedule", "--in", "1h", "--to", "out/y", "-q");
      const swept = await run("sweep", "--allow", "out/*");
      expect(swept.stdout).toMatch(/^Delivered 1 of 1 due/);
      expect(swept.exitCode).toBe(0);
      expect((await run("list", "--ids")).stdout).toBe(later.stdout);
      expect((await run("show", later.stdout.trim(), "--body")).stdout).toBe("hello");
      expect(await run("cancel", later.stdout.trim())).toMatchObject({ exitCode: 0 });
      expect(await run("show", later.stdout.trim())).toMatchObject({ exitCode: 3 });
    } finally {
      await server.stop();
    }
  }, 60_000);
});
