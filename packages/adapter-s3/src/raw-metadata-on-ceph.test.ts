import { request } from "node:http";
import type { S3Client } from "@aws-sdk/client-s3";
import { createDeadLetters, createScheduler, createSweeper } from "@keywhen/core";
import { openCephAccount, type TestS3Account, withCeph } from "@keywhen/test-servers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { authorizationOf, sha256 } from "./fast-lane/sigv4.js";
import { s3Store } from "./s3-store.js";
import { clientOf, makeBuckets } from "./testing/client-of.js";

const NAME = "Müller";
/** Node shows the bytes of a header as Latin-1. */
const RAW = Buffer.from(NAME).toString("latin1");

withCeph(describe)("an event with raw UTF-8 metadata on a Ceph gateway", () => {
  let server: TestS3Account;
  let client: S3Client;
  beforeAll(async () => {
    server = await openCephAccount();
    client = clientOf(server);
    await makeBuckets(client, "schedule", "target");
  });
  afterAll(async () => {
    client?.destroy();
    await server?.stop();
  });

  const home = () => ({ store: s3Store({ client, service: "ceph" }), bucket: "schedule" });
  const nameAt = async (bucket: string, key: string) =>
    (await home().store.head({ bucket, key }))?.metadata["name"];

  /** As clients write it that send a header as UTF-8. */
  async function writeRaw(id: string): Promise<void> {
    const { host, hostname, port } = new URL(server.endpoint);
    const path = `/schedule/keywhen/pending/${encodeURIComponent(id)}`;
    const time = `${new Date().toISOString().slice(0, 19).replace(/[:-]/g, "")}Z`;
    const bodyHash = sha256("body");
    const headers = { host, "x-amz-content-sha256": bodyHash, "x-amz-date": time };
    const signed = { method: "PUT", path, query: {}, headers };
    const authorization = authorizationOf(signed, {
      accessKeyId: server.accessKeyId,
      secretAccessKey: server.secretAccessKey,
      region: "us-east-1",
      time,
      bodyHash,
    });
    const sent = request({ hostname, port, path, method: "PUT" });
    for (const [name, value] of Object.entries({ ...headers, authorization })) {
      sent.setHeader(name, value);
    }
    sent.setHeader("x-amz-meta-name", RAW);
    const [status, text] = await new Promise<[number | undefined, string]>((resolve, reject) => {
      sent.on("response", async (answer) => {
        let body = "";
        for await (const chunk of answer) body += chunk;
        resolve([answer.statusCode, body]);
      });
      sent.on("error", reject);
      // Not a text: Node would write the headers in its encoding, too.
      sent.end(Buffer.from("body"));
    });
    expect([status, text]).toEqual([200, ""]);
  }

  it("is rescheduled, and keeps its metadata", async () => {
    const id = `${new Date(Date.now() + 3_600_000).toISOString()}|target|a|raw1`;
    await writeRaw(id);
    const moved = await createScheduler(home()).reschedule(id, { in: "2h" });
    expect(moved.outcome).toBe("rescheduled");
    const { objects } = await home().store.list({ bucket: "schedule", prefix: "keywhen/pending/" });
    expect(objects).toHaveLength(1);
    expect(await nameAt("schedule", objects[0]?.key ?? "")).toBe(RAW);
  });

  it("is delivered, and becomes a dead letter where its target is not allowed", async () => {
    const at = new Date(Date.now() - 60_000).toISOString();
    await writeRaw(`${at}|target|ok|raw2`);
    await writeRaw(`${at}|forbidden|b|raw3`);
    const sweeper = createSweeper({ ...home(), allowTargets: ["target/*"] });
    expect(await sweeper.sweep()).toMatchObject({ delivered: 1, dead: 1, retrying: 0 });
    expect(await nameAt("target", "ok")).toBe(RAW);
    expect(await nameAt("schedule", `keywhen/dead/${at}|forbidden|b|raw3`)).toBe(RAW);
    const redriven = await createDeadLetters(home()).redrive(`${at}|forbidden|b|raw3`, {
      in: "1h",
    });
    expect(redriven.outcome).toBe("redriven");
  });
});
