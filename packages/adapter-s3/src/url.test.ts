import {
  type AnswerHandler,
  type AnsweringServer,
  startAnsweringServer,
} from "@keywhen/test-servers";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { isByFastLane, xml } from "./testing/on-wire.js";
import { open } from "./url.js";

describe("open()", () => {
  it("takes bucket and root from the URL", async () => {
    await using home = await open("s3://my-bucket/deep/root/?region=eu-west-1", {});
    expect([home.bucket, home.root]).toEqual(["my-bucket", "deep/root"]);
    await using bare = await open("s3://my-bucket", {});
    expect(bare.root).toBeUndefined();
  });

  it("reaches the endpoint, with the bucket in the path", async () => {
    const server = await serving(() => ({ status: 404 }));
    const endpoint = encodeURIComponent(server.endpoint.replace("127.0.0.1", "localhost"));
    await using home = await open(`s3://bucket/root?region=eu-west-1&endpoint=${endpoint}`, {});
    expect(await home.store.head({ bucket: home.bucket, key: "k" })).toBeUndefined();
    expect(server.requests[0]?.url).toBe("/bucket/k");
    expect(server.requests[0]?.headers["authorization"]).toMatch(
      /Credential=a\/\d+\/eu-west-1\/s3/,
    );
  });

  it("opens a connection for each request in flight", async () => {
    let answerAll = () => {};
    const areAllIn = new Promise<void>((resolve) => {
      answerAll = resolve;
    });
    const server = await serving(() => areAllIn.then(() => ({ status: 404 })));
    await using home = await open(`s3://bucket?region=x&endpoint=${server.endpoint}`, {});
    const heads = Array.from({ length: 300 }, (_, index) =>
      home.store.head({ bucket: "bucket", key: `k${index}` }),
    );
    await expect.poll(server.connections, { timeout: 20_000 }).toBe(300);
    answerAll();
    await Promise.all(heads);
  });

  it.each([true, false])(
    "sends lists and copies past the SDK, unless fast-lane=false: %s",
    async (fastLane) => {
      const list = "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>";
      const server = await serving(() => xml(list));
      const more = fastLane ? "" : "&fast-lane=false";
      await using home = await open(`s3://bucket?region=x&endpoint=${server.endpoint}${more}`, {});
      for (let round = 0; round < 2; round++) await home.store.list({ bucket: "bucket" });
      expect(server.requests.map(({ headers }) => isByFastLane(headers))).toEqual([
        false,
        fastLane,
      ]);
    },
  );

  it("closes its connections when it is disposed of", async () => {
    const server = await serving(() => ({ status: 404 }));
    const url = `s3://bucket?endpoint=${server.endpoint}`;
    const home = await open(url, { AWS_REGION: "eu-west-1" });
    await home.store.head({ bucket: "bucket", key: "k" });
    expect(await server.connections()).toBe(1);
    await home[Symbol.asyncDispose]();
    await expect.poll(server.connections).toBe(0);
  });

  it.each([
    ["s3://bucket?region=eu-west-1", {}, true],
    ["s3://bucket?endpoint=http://localhost:9000", {}, false],
    ["s3://bucket", { AWS_ENDPOINT_URL_S3: "http://localhost:9000" }, false],
    ["s3://bucket?endpoint=http://localhost:9000&service=ceph", {}, true],
    ["s3://bucket?endpoint=http://localhost:9000&conditional-put=true", {}, true],
    ["s3://bucket?service=aws&conditional-put=false", {}, false],
  ])("uses conditions only on known stores: %s %o", async (url, env, expected) => {
    await using home = await open(url, env);
    const { putIfAbsent, putIfVersion } = home.store.capabilities;
    expect([putIfAbsent, putIfVersion]).toEqual([expected, expected]);
  });

  it("ignores an empty region variable", async () => {
    withKeys();
    vi.stubEnv("AWS_REGION", "");
    vi.stubEnv("AWS_CONFIG_FILE", "/nonexistent");
    await using home = await open("s3://bucket", { AWS_REGION: "" });
    await expect(home.store.head({ bucket: "bucket", key: "k" })).rejects.toMatchObject({
      code: "invalid-option",
      message: expect.stringMatching(/^No AWS region is set/),
    });
  });

  it.each([
    ["localhost:9000", 'must begin with http:// or https:// (got "localhost:9000")'],
    ["'http://localhost:9000'", "must begin with http:// or https:// (got \"'http://"],
    ["http://key:hush@localhost:9000", "must not contain credentials"],
    ["http://localhost:99999", '"http://localhost:99999" is not a valid URL'],
  ])("refuses the endpoint variable %s", async (value, message) => {
    for (const name of ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"]) {
      const error = await open("s3://bucket?region=x", { [name]: value }).catch((thrown) => thrown);
      expect(error).toMatchObject({ code: "invalid-option" });
      expect(error.message).toContain(`${name} ${message}`);
      expect(error.message).not.toContain("hush");
      await using home = await open("s3://bucket?region=x&endpoint=http://h", { [name]: value });
      expect(home.bucket).toBe("bucket"); // the variable is not used
    }
  });

  it.each([
    ["https://bucket.s3.amazonaws.com/root", /must start with s3:\/\//],
    ["s3:///root", /has no bucket name/],
    ["s3://..", /the bucket "\.\." is not allowed/],
    [
      "s3://bucket?regoin=eu-west-1",
      /unknown parameter "regoin"; use one of these: region, endpoint, path-style, fast-lane, service/,
    ],
    ["s3://bucket?fast-lane=off", /fast-lane must be true or false \(got "off"\)/],
    ["s3://bucket?service=gcs", /aws, r2, ceph, minio, generic/],
  ])("refuses %s", async (url, message) => {
    const error = await open(url, {}).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: "KeywhenError", code: "invalid-option" });
    expect(String(error)).toMatch(message);
  });
});

/** A server, and credentials for it as the SDK finds them. */
async function serving(answer: AnswerHandler): Promise<AnsweringServer> {
  withKeys();
  const server = await startAnsweringServer(answer);
  onTestFinished(server.stop);
  return server;
}

/** Credentials as the SDK finds them. */
function withKeys(): void {
  vi.stubEnv("AWS_ACCESS_KEY_ID", "a");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "b");
  onTestFinished(() => void vi.unstubAllEnvs());
}
