import { createServer } from "node:http";
import { Readable } from "node:stream";
import { S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";
import { DESCRIBED, listen, s3Error, storeErrorOf } from "@keywhen/test-servers";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { S3StoreOptions } from "./options.js";
import { s3Store } from "./s3-store.js";
import { isByFastLane, onWire, xml } from "./testing/on-wire.js";

const source = { bucket: "here", key: "s" };
const target = { bucket: "away", key: "t" };
const COPIED = xml("<CopyObjectResult><ETag>e</ETag></CopyObjectResult>");
const CREDENTIALS = { accessKeyId: "a", secretAccessKey: "b" };

interface Sent {
  readonly hostname: string;
  readonly port?: number | undefined;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

const isBySdk = ({ headers }: { readonly headers: Sent["headers"] }) => !isByFastLane(headers);

/** A store on a request handler that confirms each copy, and what was given to that handler. */
function onHandler(config: S3ClientConfig, options: Partial<S3StoreOptions> = {}) {
  const sent: Sent[] = [];
  const handle = async (request: Sent) => {
    sent.push({ ...request, headers: { ...request.headers } });
    const body = Readable.from([Buffer.from(String(COPIED.body))]);
    return { response: { statusCode: 200, headers: {}, body } };
  };
  const client = new S3Client({
    region: "eu-west-1",
    credentials: CREDENTIALS,
    requestHandler: { handle },
    ...config,
  });
  onTestFinished(() => client.destroy());
  return { client, sent, open: () => s3Store({ client, service: "aws", ...options }) };
}

async function copyTwice(config: S3ClientConfig, to: { bucket: string; key: string }) {
  const { sent, open } = onHandler(config);
  const store = open();
  for (let round = 0; round < 2; round++) await store.copy(source, to);
  const [bySdk, second] = sent;
  if (bySdk === undefined || second === undefined) throw new Error("two requests were due");
  return { bySdk, second };
}

const regionIn = ({ headers }: Sent) =>
  /\/\d{8}\/([^/]+)\/s3\//.exec(headers["authorization"] ?? "")?.[1];

describe("the fast lane", () => {
  it.each<[string, S3ClientConfig, string]>([
    ["a host of the bucket's own", {}, "bucket"],
    ["a bucket with dots", {}, "my.dotted.bucket"],
    ["the bucket in the path", { forcePathStyle: true }, "bucket"],
    ["dual stack", { useDualstackEndpoint: true }, "bucket"],
    ["FIPS", { region: "us-gov-west-1", useFipsEndpoint: true }, "bucket"],
    ["acceleration", { useAccelerateEndpoint: true }, "bucket"],
    ["China", { region: "cn-north-1" }, "bucket"],
    ["an access point by its alias", {}, "my-point-abc-s3alias"],
    [
      "an endpoint with a path",
      { endpoint: "https://example.com/base", forcePathStyle: true },
      "bucket",
    ],
    ["an endpoint with a port", { endpoint: "http://127.0.0.1:9", forcePathStyle: true }, "bucket"],
  ])("sends to where the SDK sends: %s", async (_, config, bucket) => {
    for (const key of ["k", "a b/c+|%'(é)!*~.//./x", "/", "..", "k/"]) {
      const { bySdk, second } = await copyTwice(config, { bucket, key });
      expect([isBySdk(bySdk), isBySdk(second)]).toEqual([true, false]);
      const { hostname, port, path } = bySdk;
      expect(second).toMatchObject({ hostname, path });
      expect(second.port).toBe(port);
      expect(second.headers["host"]).toBe(bySdk.headers["host"]);
      for (const name of ["user-agent", "x-amz-user-agent"]) {
        expect(second.headers[name]).toContain(bySdk.headers[name]);
      }
      expect(regionIn(second)).toBe(regionIn(bySdk));
    }
  });

  it("learns the place of each bucket", async () => {
    const { sent, open } = onHandler({});
    const store = open();
    const buckets = ["one", "two", "one", "two"];
    for (const bucket of buckets) await store.copy(source, { bucket, key: "k" });
    expect(sent.map(isBySdk)).toEqual([true, true, false, false]);
    expect(sent.map(({ hostname }) => hostname.split(".")[0])).toEqual(buckets);
  });

  it("learns from one of many first requests", async () => {
    const { sent, open } = onHandler({});
    const store = open();
    await Promise.all(Array.from({ length: 20 }, () => store.copy(source, target)));
    expect(sent.filter(isBySdk)).toHaveLength(1);
    expect(sent).toHaveLength(20);
  });

  it.each<[string, S3ClientConfig, Partial<S3StoreOptions>, ((client: S3Client) => void)?]>([
    ["fastLane: false", {}, { fastLane: false }],
    ["a logger", { logger: { debug() {}, info() {}, warn() {}, error() {} } }, {}],
    ["redirects that are followed", { followRegionRedirects: true }, {}],
    ["a clock that isn't corrected", { disableClockSkewCorrection: true }, {}],
    ["a foreign signer", { signer: { sign: async (request) => request } }, {}],
    [
      "middleware of the user's",
      {},
      {},
      ({ middlewareStack }) =>
        middlewareStack.add((next) => (args) => next(args), { step: "build", name: "trace" }),
    ],
    [
      "a middleware left out",
      {},
      {},
      ({ middlewareStack }) => void middlewareStack.remove("hostHeaderMiddleware"),
    ],
  ])("leaves all to the SDK: %s", async (_, config, options, change) => {
    const { client, sent, open } = onHandler(config, options);
    change?.(client);
    const store = open();
    for (let round = 0; round < 3; round++) await store.copy(source, target);
    expect(sent.map(isBySdk)).toEqual([true, true, true]);
  });

  it("leaves a copy that replaces metadata to the SDK", async () => {
    const { store, requests } = await onWire(
      ({ method }) => (method === "HEAD" ? { headers: DESCRIBED } : COPIED),
      {},
      {},
    );
    await store.copy(source, target, { metadata: { a: "1" } });
    expect(requests.map(isBySdk)).toEqual([true, true]);
    expect(requests[1]?.headers["x-amz-meta-a"]).toBe("1");
  });

  it("takes new credentials a second after the client has them, with a session's token", async () => {
    let generation = 0;
    const now = vi.spyOn(performance, "now");
    onTestFinished(() => now.mockRestore());
    const credentials = async () => ({
      accessKeyId: `key${generation}`,
      secretAccessKey: `secret${generation}`,
      sessionToken: `t/+=${generation}`,
      expiration: new Date(0), // so that the client asks each time
    });
    const { sent, open } = onHandler({ credentials });
    const store = open();
    for (; generation < 3; generation++) {
      now.mockReturnValue(1_000 * generation);
      await store.copy(source, target);
    }
    expect(sent.map(isBySdk)).toEqual([true, false, false]);
    for (const [index, { headers }] of sent.entries()) {
      expect(headers["authorization"]).toContain(`Credential=key${index}/`);
      expect(headers["x-amz-security-token"]).toBe(`t/+=${index}`);
    }
  });

  it("is signed with the store's time after the store refused ours", async () => {
    const date = "Wed, 24 Nov 2027 08:00:00 GMT";
    const { store, requests } = await onWire(
      (_, index) =>
        index === 0
          ? { ...s3Error(403, "RequestTimeTooSkewed"), headers: { date } }
          : { ...COPIED, headers: { date } },
      {},
      {},
    );
    expect({ ...(await storeErrorOf(store.copy(source, target))) }).toMatchObject({
      code: "unauthenticated",
      retryable: true,
      undecided: false,
    });
    await store.copy(source, target); // learns again
    await store.copy(source, target);
    expect(requests.map(isBySdk)).toEqual([false, true, false]);
    for (const { headers } of requests.slice(1))
      expect(headers["x-amz-date"]).toMatch(/^20271124T0/);
  });

  it.each([
    [s3Error(301, "PermanentRedirect"), [false, true]],
    [s3Error(400, "AuthorizationHeaderMalformed"), [false, true]],
    [s3Error(403, "SignatureDoesNotMatch"), [false, true]],
    [s3Error(404, "NoSuchKey"), [false, false]],
    [s3Error(503, "SlowDown"), [false, false]],
  ])("learns again after an answer that a wrong place may cause: %o", async (answer, bySdk) => {
    const { store, requests } = await onWire((_, index) => (index === 0 ? answer : COPIED), {}, {});
    for (let round = 0; round < 2; round++) await store.copy(source, target).catch(() => {});
    expect(requests.map(isBySdk)).toEqual(bySdk);
  });

  it("sends Lambda's trace, which identifies a function that calls itself", async () => {
    vi.stubEnv("AWS_LAMBDA_FUNCTION_NAME", "sweep");
    vi.stubEnv("_X_AMZN_TRACE_ID", "Root=1-2");
    onTestFinished(() => void vi.unstubAllEnvs());
    const { sent, open } = onHandler({});
    const store = open();
    await store.copy(source, target);
    vi.stubEnv("_X_AMZN_TRACE_ID", "Root=3-4");
    await store.copy(source, target);
    const traces = sent.map(
      ({ headers }) => headers["X-Amzn-Trace-Id"] ?? headers["x-amzn-trace-id"],
    );
    expect(traces).toEqual(["Root=1-2", "Root=3-4"]);
    expect(sent.map(isBySdk)).toEqual([true, false]);
  });

  it("obeys the client's time limit, and reports that the copy may have been made", async () => {
    const requestHandler = { requestTimeout: 1_000, throwOnRequestTimeout: true };
    const { store } = await onWire(() => ({ ...COPIED, delayMs: 5_000 }), { requestHandler }, {});
    expect({ ...(await storeErrorOf(store.copy(source, target))) }).toMatchObject({
      code: "unavailable",
      undecided: true,
    });
  });

  it("ends when it is aborted while it waits for credentials", async () => {
    let areStuck = false;
    const credentials = async () => {
      if (areStuck) return new Promise<never>(() => undefined);
      return { ...CREDENTIALS, expiration: new Date(0) };
    };
    const { sent, open } = onHandler({ credentials });
    const store = open();
    await store.copy(source, target);
    areStuck = true;
    const copy = (bucket: string) =>
      storeErrorOf(store.copy(source, { bucket, key: "k" }, { signal: AbortSignal.timeout(20) }));
    // Of a known bucket, of one that it would learn, and of one that another learns.
    const errors = await Promise.all(["away", "new", "new"].map(copy));
    for (const error of errors) {
      expect({ ...error }).toMatchObject({ code: "aborted", undecided: false });
    }
    expect(sent).toHaveLength(1);
  });

  it("reads an answer that comes in many pieces", async () => {
    const text = `<?xml version="1.0"?>\n<CopyObjectResult>${" ".repeat(50)}<ETag>&quot;é&quot;</ETag></CopyObjectResult>`;
    const server = createServer(async (request, response) => {
      request.resume();
      for (const byte of Buffer.from(text)) response.write(Buffer.from([byte]));
      response.end();
    });
    onTestFinished(() => void server.close());
    const port = await listen(server);
    const client = new S3Client({
      region: "x",
      endpoint: `http://127.0.0.1:${port}`,
      credentials: CREDENTIALS,
    });
    onTestFinished(() => client.destroy());
    const store = s3Store({ client, service: "aws" });
    for (let round = 0; round < 3; round++) {
      expect(await store.copy(source, target)).toEqual({ outcome: "copied" });
    }
  });
});
