import { type GcsServer, startGcsServer } from "@keywhen/test-servers";
import { describe, expect, it, onTestFinished } from "vitest";
import { open } from "./url.js";

describe("open()", () => {
  it("takes bucket and root from the URL", async () => {
    await using home = await open("gs://my_bucket.example.com/deep/root%20a/", {});
    expect([home.bucket, home.root]).toEqual(["my_bucket.example.com", "deep/root a"]);
    await using bare = await open("gs://my-bucket", {});
    expect(bare.root).toBeUndefined();
  });

  it("reaches the endpoint, and closes its connections when it is disposed of", async () => {
    const server = await serverWithBucket();
    const home = await open(`gs://here/root?endpoint=${server.endpoint}`, {});
    await home.store.put({ bucket: home.bucket, key: "k" }, new Uint8Array(1));
    expect(server.requests.at(-1)?.url).toContain("/upload/storage/v1/b/here/o?");
    const before = await server.connections();
    await home[Symbol.asyncDispose]();
    await expect.poll(server.connections).toBe(before - 1);
  });

  it.each(["http://", ""])("reaches the emulator that %j%s names", async (scheme) => {
    const server = await serverWithBucket();
    const host = server.endpoint.replace("http://", "");
    await using home = await open("gs://here", { STORAGE_EMULATOR_HOST: `${scheme}${host}` });
    expect((await home.store.list({ bucket: "here" })).objects).toEqual([]);
  });

  it("uses its endpoint although an emulator is set, and the emulator as the client does", async () => {
    const server = await serverWithBucket();
    process.env["STORAGE_EMULATOR_HOST"] = "http://127.0.0.1:9";
    onTestFinished(() => {
      delete process.env["STORAGE_EMULATOR_HOST"];
    });
    await using home = await open(`gs://here?endpoint=${server.endpoint}`, {});
    await home.store.list({ bucket: "here" });
    process.env["STORAGE_EMULATOR_HOST"] = server.endpoint;
    await using emulated = await open("gs://here", process.env);
    await emulated.store.list({ bucket: "here" });
    const paths = server.requests.slice(-2).map(({ url }) => url.replace(/\?.*/, ""));
    expect(paths).toEqual(["/storage/v1/b/here/o", "/b/here/o"]);
  });

  it.each([
    [
      "gs://bucket?endpiont=https://host",
      /unknown parameter "endpiont"; use one of these: endpoint/,
    ],
  ])("refuses %s", async (url, message) => {
    const error = await open(url, {}).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: "KeywhenError", code: "invalid-option" });
    expect(String(error)).toMatch(message);
  });
});

async function serverWithBucket(): Promise<GcsServer> {
  const server = await startGcsServer();
  onTestFinished(server.stop);
  await server.createBucket("here");
  return server;
}
