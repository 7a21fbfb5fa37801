import {
  type Answer,
  DESCRIBED,
  type RecordedRequest,
  s3Error,
  startAnsweringServer,
} from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { type Run, useWorkplace, type Words } from "../testing/run-keywhen.js";
import { DUE, isCopy, listingOfOneDue, s3Access } from "../testing/s3.js";

const place = useWorkplace();

const SCHEDULE = ["schedule", "--in", "10m", "--to", "out/x", "--body", "hello"];

/** Runs keywhen on a server whose schedule has no shards. */
async function against(handler: (request: RecordedRequest) => Answer, args: Words): Promise<Run> {
  const server = await startAnsweringServer((request) =>
    request.url.includes("/shards.json") ? s3Error(404, "NoSuchKey") : handler(request),
  );
  try {
    return await place.runWith(s3Access(server.endpoint), args);
  } finally {
    await server.stop();
  }
}

describe("keywhen when S3 refuses", () => {
  it("names the missing permission and the bucket", async () => {
    const denied = () => s3Error(403, "AccessDenied", "Access Denied");
    const put = await against(denied, SCHEDULE);
    expect(put).toMatchObject({ exitCode: 1, stdout: "" });
    expect(put.stderr).toMatch(/s3:PutObject on bucket schedule\.\n$/);
    const list = await against(denied, ["list", "--json"]);
    expect(JSON.parse(list.stderr)).toMatchObject({
      error: { code: "denied", hint: expect.stringContaining("s3:ListBucket") },
    });
  });

  it("says which bucket isn't there", async () => {
    const run = await against(() => s3Error(404, "NoSuchBucket"), SCHEDULE);
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain('"schedule" in s3://');
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

  it("says that the store doesn't answer, and that nothing was changed", async () => {
    const run = await place.runWith(s3Access("http://127.0.0.1:9"), SCHEDULE);
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toMatch(
      /^keywhen: The store did not answer .*ECONNREFUSED.*Nothing was changed.*\n$/,
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
    expect(cancel.stderr).toMatch(/^keywhen: This machine's clock is [\d.]+ s ahead/);
    const sweep = await against(() => listingOfOneDue(late), ["sweep", "--allow", "*"]);
    expect(sweep).toMatchObject({ exitCode: 6, stdout: expect.stringContaining("set it (NTP)") });
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
