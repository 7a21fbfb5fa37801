import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { manyBytes, skipUnless, TEST_NEEDS, withCeph } from "@keywhen/test-servers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "../packaging/run.js";
import { type BucketPair, SCHEDULE, startBucketPair } from "./bucket-pair.js";
import { shownIn } from "./page.js";

const KEYWHEN = fileURLToPath(new URL("node_modules/keywhen/dist/main.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "keywhen-aws-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** The endpoint is named, because a command line as old as Debian's doesn't read it from the environment. */
const PRELUDE = `
set -eo pipefail
aws() { command aws --endpoint-url "$AWS_ENDPOINT_URL_S3" "$@"; }
keywhen() { node "${KEYWHEN}" "$@"; }
`;

skipUnless(withCeph(describe), TEST_NEEDS.aws)("the AWS command line", () => {
  let pair: BucketPair;
  beforeAll(async () => {
    pair = await startBucketPair();
  });
  afterAll(() => pair?.stop());

  const bash = (script: string, input: string | Uint8Array = "") =>
    run("bash", ["--norc", "-c", PRELUDE + script], { env: pair.env, input });

  it.each([
    ["empty.bin", 0, "application/octet-stream"],
    ["letter.json", 70_001, "application/json"],
    ["in-parts.png", 9 * 1_048_576 + 1, "image/png"],
  ])("schedules %s of %i bytes, as the page shows", async (name, length, contentType) => {
    const body = manyBytes(length);
    const file = join(folder, name);
    writeFileSync(file, body);
    const line = shownIn("The AWS command line")
      .replace("FILE", file)
      .replace("2026-12-24T09:00+01:00", "2026-01-01T09:00+01:00")
      .replace("42.json", name);
    await bash(line);
    expect(await pair.sweep()).toMatchObject({ delivered: 1, unrecognized: 0 });
    const arrived = await pair.arrived(name);
    expect(arrived.body.equals(body)).toBe(true);
    expect(arrived.info.contentType).toBe(contentType);
    expect(await pair.waiting()).toEqual([]);
  });

  it("schedules a pipe, for a key that needs escaping", async () => {
    const body = manyBytes(1_000);
    const to = "acme-reminders/Grüße & 50%/a'b|c~d//e.txt";
    const key = `keywhen key --at 2026-01-01T00:00Z --to "${to}"`;
    await bash(`aws s3 cp - "s3://${SCHEDULE}/$(${key})"`, body);
    expect(await pair.sweep()).toMatchObject({ delivered: 1, unrecognized: 0 });
    const arrived = await pair.arrived("Grüße & 50%/a'b|c~d//e.txt");
    expect(arrived.body.equals(body)).toBe(true);
  });

  it("cancels what it scheduled, before it is due", async () => {
    const key = (await bash("keywhen key --in 1h --to acme-reminders/never")).trim();
    await bash(`aws s3 cp - "s3://${SCHEDULE}/${key}"`, manyBytes(10));
    expect(await pair.waiting()).toEqual([key]);
    expect(await pair.sweep()).toMatchObject({ delivered: 0, due: 0 });
    await bash(`aws s3 rm "s3://${SCHEDULE}/${key}"`);
    expect(await pair.waiting()).toEqual([]);
  });

  it("gives the consumer the delivery id that it names as metadata", async () => {
    const at = "2026-01-01T00:00:00.000Z";
    await bash(`
      key=$(keywhen key --at ${at} --to acme-reminders/known --delivery-id order-42)
      aws s3 cp --metadata keywhen-id=order-42,keywhen-at=${at} - "s3://${SCHEDULE}/$key"`);
    expect(await pair.sweep()).toMatchObject({ delivered: 1 });
    const { info } = await pair.arrived("known");
    expect(info.metadata).toEqual({ "keywhen-id": "order-42", "keywhen-at": at });
  });
});
