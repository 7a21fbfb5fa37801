import { type AnsweringServer, startAnsweringServer } from "@keywhen/test-servers";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type FunctionProcess, startFunction } from "./testing/function-process.js";

const NOTHING_DUE =
  '<?xml version="1.0"?><ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>';
const MISSING = "<Error><Code>NoSuchKey</Code></Error>";
const MINUTE_MS = 60_000;

let validMs: number;
let address: AnsweringServer;
let bucket: AnsweringServer;
let started: FunctionProcess | undefined;
beforeEach(async () => {
  validMs = 360 * MINUTE_MS;
  address = await startAnsweringServer((_request, index) => ({
    body: JSON.stringify({
      AccessKeyId: `handed-out-${index}`,
      SecretAccessKey: "secret",
      Token: "token",
      Expiration: new Date(Date.now() + validMs).toISOString(),
    }),
  }));
  bucket = await startAnsweringServer(({ url }) => {
    const headers = { date: new Date().toUTCString() };
    const isList = url.includes("list-type=2");
    return isList ? { headers, body: NOTHING_DUE } : { headers, status: 404, body: MISSING };
  });
});
afterEach(async () => {
  await started?.stop();
  started = undefined;
  await Promise.all([address.stop(), bucket.stop()]);
});

async function sweepWith(credentials: Record<string, string>): Promise<unknown> {
  started ??= await startFunction({
    AWS_REGION: "eu-west-1",
    KEYWHEN_STORE: `s3://schedule?endpoint=${bucket.endpoint}`,
    KEYWHEN_ALLOW_TARGETS: "target/*",
    ...credentials,
  });
  return started.api.invoke({}, MINUTE_MS);
}

/** The access key ids that the bucket's requests were signed with. */
function signers(): string[] {
  const ids = bucket.requests.map(
    ({ headers }) => /Credential=([^/]+)/.exec(headers["authorization"] ?? "")?.[1] ?? "none",
  );
  return [...new Set(ids)];
}

it("signs with the role's keys in the environment", async () => {
  await sweepWith({
    AWS_ACCESS_KEY_ID: "from-environment",
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_SESSION_TOKEN: "token",
    AWS_CONTAINER_CREDENTIALS_FULL_URI: address.endpoint,
  });
  expect(signers()).toEqual(["from-environment"]);
  expect(bucket.requests[0]?.headers["x-amz-security-token"]).toBe("token");
  expect(address.requests).toEqual([]);
});

it("signs with the keys that the address in the environment hands out, and asks it once for all requests", async () => {
  const environment = {
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${address.endpoint}/credentials`,
    AWS_CONTAINER_AUTHORIZATION_TOKEN: "let-me-in",
  };
  await sweepWith(environment);
  await sweepWith(environment);
  expect(signers()).toEqual(["handed-out-0"]);
  expect(address.requests).toMatchObject([
    { url: "/credentials", headers: { authorization: "let-me-in" } },
  ]);
});

it("asks for new keys minutes before they expire", async () => {
  validMs = 4 * MINUTE_MS;
  await sweepWith({ AWS_CONTAINER_CREDENTIALS_FULL_URI: address.endpoint });
  expect(address.requests.length).toBeGreaterThan(1);
});

it("says which variables it looked at if there are no keys", async () => {
  await expect(sweepWith({})).rejects.toMatchObject({
    errorMessage: expect.stringMatching(
      /no AWS credentials found.*: neither AWS_ACCESS_KEY_ID nor AWS_CONTAINER_CREDENTIALS_FULL_URI is set/,
    ),
  });
  expect(bucket.requests).toEqual([]);
});
