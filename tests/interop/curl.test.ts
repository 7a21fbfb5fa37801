import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { eventId } from "@keywhen/core";
import { manyBytes, skipUnless, TEST_NEEDS, withCeph } from "@keywhen/test-servers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "../packaging/run.js";
import { type BucketPair, PENDING, SCHEDULE, startBucketPair, TARGET } from "./bucket-pair.js";
import { shownIn } from "./page.js";

const AT = "2026-01-01T00:00:00.000Z";

skipUnless(withCeph(describe), TEST_NEEDS.curl)("curl with a presigned URL", () => {
  let pair: BucketPair;
  const folder = mkdtempSync(join(tmpdir(), "keywhen-curl-"));
  beforeAll(async () => {
    pair = await startBucketPair();
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await pair?.stop();
  });

  /** As docs/rights.md signs it. */
  function sign(key: string, deliveryId: string): Promise<string> {
    const id = eventId({ at: AT, to: { bucket: TARGET, key }, deliveryId });
    const put = new PutObjectCommand({
      Bucket: SCHEDULE,
      Key: PENDING + id,
      ContentType: "application/json",
      IfNoneMatch: "*",
      Metadata: { "keywhen-id": deliveryId, "keywhen-at": AT },
    });
    return getSignedUrl(pair.client, put, { expiresIn: 600 });
  }

  async function upload(URL: string, body: Buffer): Promise<string> {
    const file = join(folder, "body");
    writeFileSync(file, body);
    const line = shownIn("A presigned URL").replace("FILE", file);
    return await run("bash", ["--norc", "-c", line], { env: { URL } });
  }

  it("schedules one event, whose body arrives untouched", async () => {
    const body = manyBytes(1_000_001);
    await upload(await sign("signed.json", "order-42"), body);
    expect(await pair.sweep()).toMatchObject({ delivered: 1, unrecognized: 0 });
    const arrived = await pair.arrived("signed.json");
    expect(arrived.body.equals(body)).toBe(true);
    expect(arrived.info).toMatchObject({
      contentType: "application/json",
      metadata: { "keywhen-id": "order-42", "keywhen-at": AT },
    });
  });

  it("can't put another body over the first", async () => {
    const url = await sign("once.json", "order-43");
    await upload(url, Buffer.from("first"));
    await expect(upload(url, Buffer.from("second"))).rejects.toThrow("412");
    await pair.sweep();
    expect((await pair.arrived("once.json")).body.toString()).toBe("first");
  });
});
