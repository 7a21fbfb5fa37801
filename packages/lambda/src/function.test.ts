import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { s3Store } from "@keywhen/adapter-s3";
import { createScheduler } from "@keywhen/core";
import { startCephGateway, type TestS3Server, withCeph } from "@keywhen/test-servers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RuntimeApi, startRuntimeApi } from "./testing/runtime-api.js";

const FUNCTION = fileURLToPath(new URL("../dist/function/index.mjs", import.meta.url));
const LOOP = fileURLToPath(new URL("./testing/runtime-loop.mjs", import.meta.url));
const TIMEOUT_MS = 60_000;
/** The SDK's notice about Node 20, which Lambda's runtimes have left behind. */
const QUIET = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" };

interface Started {
  readonly api: RuntimeApi;
  readonly process: ChildProcess;
  /** Lines of standard output. */
  readonly log: () => string[];
}

/** Starts the built function as Lambda would: alone in a process, with its environment. */
async function startFunction(env: Record<string, string>): Promise<Started> {
  const api = await startRuntimeApi();
  const child = spawn(process.execPath, [LOOP, FUNCTION], {
    env: { ...QUIET, ...env, AWS_LAMBDA_RUNTIME_API: api.address, PATH: process.env["PATH"] ?? "" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  return { api, process: child, log: () => output.trim().split("\n") };
}

async function stopFunction({ api, process: child }: Started): Promise<void> {
  child.kill();
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  await api.stop();
}

describe("the function's bundle", () => {
  it("is one file under 660 kB with everything in it", () => {
    expect(statSync(FUNCTION).size).toBeLessThan(660_000);
  });

  it("fails while it starts, with what is missing, if it isn't configured", async () => {
    const started = await startFunction({ KEYWHEN_STORE: "s3://acme-schedule" });
    expect(await started.api.initError).toEqual({
      errorType: "KeywhenError",
      errorMessage: expect.stringMatching(
        /^KEYWHEN_ALLOW_TARGETS is empty: name where events may go/,
      ),
    });
    await stopFunction(started);
  });
});

withCeph(describe)("the function on a Ceph gateway", () => {
  let server: TestS3Server;
  let client: S3Client;
  let started: Started;
  beforeAll(async () => {
    server = await startCephGateway();
    const { endpoint, region, accessKeyId, secretAccessKey } = server;
    const credentials = { accessKeyId, secretAccessKey };
    client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
    for (const Bucket of ["schedule", "target"]) {
      await client.send(new CreateBucketCommand({ Bucket }));
    }
    started = await startFunction({
      KEYWHEN_STORE: `s3://schedule/keywhen?endpoint=${encodeURIComponent(endpoint)}&service=ceph`,
      KEYWHEN_ALLOW_TARGETS: "target/*",
      AWS_LAMBDA_FUNCTION_NAME: "sweeper",
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    });
  });
  afterAll(async () => {
    if (started) await stopFunction(started);
    client?.destroy();
    await server?.stop();
  });

  it("moves what is due each time that it is woken, and logs its report as one line", async () => {
    const store = s3Store({ client });
    const scheduler = createScheduler({ store, bucket: "schedule" });
    const to = { bucket: "target", key: "hello.txt" };
    expect(await started.api.invoke({}, TIMEOUT_MS)).toMatchObject({ outcome: "swept", due: 0 });
    await scheduler.schedule({ at: new Date(), to, body: "hello" });
    expect(await started.api.invoke({}, TIMEOUT_MS)).toMatchObject({ due: 1, delivered: 1 });
    expect(await new Response((await store.get(to))?.body).text()).toBe("hello");
    const lines = started.log().map((line) => JSON.parse(line));
    expect(lines).toMatchObject([
      { message: "keywhen: swept", delivered: 0, requests: { list: 1, copy: 0 } },
      { delivered: 1, lease: "taken", requests: { list: 1, get: 2, put: 2, copy: 1, delete: 1 } },
    ]);
  });

  it("tells who is at work instead of sweeping, and succeeds", async () => {
    const store = s3Store({ client });
    await createScheduler({ store, bucket: "schedule" }).schedule({
      at: new Date(),
      to: { bucket: "target", key: "later.txt" },
    });
    const inAMinute = new Date(Date.now() + 60_000).toISOString();
    const holder = { owner: "daemon", until: inAMinute, expires: inAMinute };
    const lease = new TextEncoder().encode(JSON.stringify({ holders: [holder], nonce: "n" }));
    await store.put({ bucket: "schedule", key: "keywhen/lease/sweep.json" }, lease);
    const held = { outcome: "held", by: "daemon" };
    expect(await started.api.invoke({}, TIMEOUT_MS)).toMatchObject(held);
    expect(JSON.parse(started.log().at(-1) ?? "")).toMatchObject({
      message: "keywhen: held",
      ...held,
    });
  });

  it("answers with an error if no sweep was possible, and goes on with the next invocation", async () => {
    const broken = await startFunction({
      KEYWHEN_STORE: `s3://no-such-bucket?endpoint=${encodeURIComponent(server.endpoint)}`,
      KEYWHEN_ALLOW_TARGETS: "target/*",
      AWS_REGION: server.region,
      AWS_ACCESS_KEY_ID: server.accessKeyId,
      AWS_SECRET_ACCESS_KEY: server.secretAccessKey,
    });
    for (let invocation = 0; invocation < 2; invocation++) {
      await expect(broken.api.invoke({}, TIMEOUT_MS)).rejects.toMatchObject({
        errorType: "ObjectStoreError",
        errorMessage: expect.stringContaining("no-such-bucket"),
      });
    }
    await stopFunction(broken);
  });
});
