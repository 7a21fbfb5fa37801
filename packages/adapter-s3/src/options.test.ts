import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { S3Client } from "@aws-sdk/client-s3";
import type { PutOptions } from "@keywhen/core/store";
import { startAnsweringServer } from "@keywhen/test-servers";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { s3Store } from "./s3-store.js";

const bytes = new TextEncoder().encode("body");
const client = new S3Client({ region: "eu-west-1" });

describe("s3Store()", () => {
  it("declares its limit of one copy", () => {
    expect(s3Store({ client }).capabilities.singleCopyMaxBytes).toBe(5_368_709_120);
    const lower = { client, singleCopyMaxBytes: 10_000_000 };
    expect(s3Store(lower).capabilities.singleCopyMaxBytes).toBe(10_000_000);
  });

  it("takes a client without an endpoint for AWS, and one with an endpoint for an unknown store", () => {
    const { capabilities } = s3Store({ client });
    expect(capabilities).toMatchObject({ putIfAbsent: true, putIfVersion: true });
    const elsewhere = new S3Client({ region: "x", endpoint: "http://localhost:9000" });
    const generic = s3Store({ client: elsewhere }).capabilities;
    expect(generic).toMatchObject({ putIfAbsent: false, putIfVersion: false });
    const minio = s3Store({ client: elsewhere, service: "minio" }).capabilities;
    expect(minio).toMatchObject({ putIfVersion: true, limits: { keySegmentCharacters: 255 } });
    const proved = s3Store({ client: elsewhere, conditionalPut: true }).capabilities;
    expect(proved).toMatchObject({ putIfAbsent: true, putIfVersion: true });
    vi.stubEnv("AWS_ENDPOINT_URL", "http://localhost:9000");
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(s3Store({ client }).capabilities.putIfAbsent).toBe(false);
  });

  it("sends no condition to an endpoint that only the SDK's configuration names", async () => {
    const server = await startAnsweringServer(() => ({ headers: { etag: '"e"' } }));
    onTestFinished(() => server.stop());
    const folder = await mkdtemp(join(tmpdir(), "keywhen-s3-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, "config");
    await writeFile(file, `[default]\nendpoint_url = ${server.endpoint}\n`);
    vi.stubEnv("AWS_CONFIG_FILE", file);
    onTestFinished(() => void vi.unstubAllEnvs());
    const credentials = { accessKeyId: "a", secretAccessKey: "b" };
    const configured = new S3Client({ region: "x", credentials, forcePathStyle: true });
    const ref = { bucket: "bucket", key: "k" };
    const put = (options: PutOptions) => s3Store({ client: configured }).put(ref, bytes, options);
    await expect(put({ condition: { if: "absent" } })).rejects.toMatchObject({
      code: "not-supported",
      undecided: false,
    });
    expect(server.requests).toHaveLength(0);
    expect((await put({})).outcome).toBe("written");
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    { region: "eu-west-1" },
    { region: "cn-north-1" },
    { region: "us-gov-west-1", useFipsEndpoint: true },
    { region: "eu-west-1", useDualstackEndpoint: true },
    { region: "cn-north-1", useDualstackEndpoint: true },
  ])("sends conditions to AWS itself: %o", async (config) => {
    const hosts: string[] = [];
    const credentials = { accessKeyId: "a", secretAccessKey: "b" };
    // Answers where the network would.
    const requestHandler = {
      handle: async ({ hostname }: { hostname: string }) => {
        hosts.push(hostname);
        const body = Readable.from([]);
        return { response: { statusCode: 200, headers: { etag: '"e"' }, body } };
      },
    };
    const toAws = new S3Client({ ...config, credentials, requestHandler });
    const condition = { if: "absent" } as const;
    const put = s3Store({ client: toAws }).put({ bucket: "bucket", key: "k" }, bytes, {
      condition,
    });
    expect(await put).toEqual({ outcome: "written", version: "e" });
    expect(hosts).toHaveLength(1);
  });

  it("refuses a condition that an unknown store may not honor", async () => {
    const elsewhere = new S3Client({ region: "x", endpoint: "http://127.0.0.1:9" });
    const put = s3Store({ client: elsewhere }).put({ bucket: "b", key: "k" }, new Uint8Array(1), {
      condition: { if: "absent" },
    });
    await expect(put).rejects.toMatchObject({ code: "not-supported", undecided: false });
  });

  it.each([
    [
      { client, service: "swift" },
      /service must be one of aws, r2, ceph, minio, generic \(got "swift"\)/,
    ],
    [{ client, conditionalPut: "yes" }, /conditionalPut must be true or false \(got "yes"\)/],
    [{ client, fastLane: "no" }, /fastLane must be true or false \(got "no"\)/],
    [
      { client, singleCopyMaxBites: 1e7 },
      /no option "singleCopyMaxBites"; use one of these: client/,
    ],
    [{ client, singleCopyMaxBytes: 1_000 }, /5242880/],
    [{ client: { region: "eu-west-1" } }, /must be an S3Client/],
    [{}, /must be an S3Client.*\(got undefined\)/],
    [undefined, /options must be an object, for example s3Store\(\{ client \}\) \(got undefined\)/],
  ])("refuses %o", (options, message) => {
    const make = () => Reflect.apply(s3Store, undefined, [options]);
    expect(make).toThrow(message);
    expect(make).toThrow(expect.objectContaining({ code: "invalid-option" }));
  });
});
