import { startAnsweringServer } from "@keywhen/test-servers";
import { describe, expect, it, onTestFinished } from "vitest";
import { open } from "./url.js";

const ENV = { MINIO_ACCESS_KEY: "from-the-environment", MINIO_SECRET_KEY: "secret" };

describe("open()", () => {
  it("takes bucket, root and service from the URL", async () => {
    await using home = await open("minio://host:9000/my-bucket/deep/root/?service=ceph", ENV);
    expect([home.bucket, home.root]).toEqual(["my-bucket", "deep/root"]);
    expect(home.store.capabilities.limits.keySegmentCharacters).toBeUndefined();
    await using bare = await open("minio://host/my-bucket", ENV);
    expect(bare.root).toBeUndefined();
    expect(bare.store.capabilities.limits.keySegmentCharacters).toBe(255);
  });

  it("reaches the server, and closes its connections when it is disposed of", async () => {
    const server = await startAnsweringServer(() => ({ status: 404 }));
    onTestFinished(() => server.stop());
    const { host } = new URL(server.endpoint);
    const home = await open(`minio://${host}/bucket/root?tls=false&region=eu-west-3`, ENV);
    expect(await home.store.head({ bucket: home.bucket, key: "k" })).toBeUndefined();
    expect(server.requests[0]?.url).toBe("/bucket/k");
    expect(server.requests[0]?.headers["authorization"]).toMatch(
      /Credential=from-the-environment\/\d+\/eu-west-3\/s3/,
    );
    expect(await server.connections()).toBe(1);
    await home[Symbol.asyncDispose]();
    await expect.poll(server.connections).toBe(0);
  });

  it("uses TLS by default", async () => {
    const server = await startAnsweringServer(() => ({ status: 404 }));
    onTestFinished(() => server.stop());
    const { host } = new URL(server.endpoint);
    await using home = await open(`minio://${host}/bucket`, ENV);
    await expect(home.store.head({ bucket: "bucket", key: "k" })).rejects.toMatchObject({
      code: "unavailable",
    });
    expect(server.requests).toHaveLength(0);
  });

  it("requires credentials", async () => {
    await expect(open("minio://host/bucket", {})).rejects.toThrow(/MINIO_ACCESS_KEY/);
  });

  it.each([
    ["minio://host/bucket?tsl=false", /unknown parameter "tsl"; use one of these: tls, region/],
    ["minio:///bucket", /it has no host/],
    ["minio://host/:x", /the bucket ":x" is not allowed/],
  ])("refuses %s", async (url, message) => {
    const error = await open(url, ENV).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: "KeywhenError", code: "invalid-option" });
    expect(String(error)).toMatch(message);
  });
});
