import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { startAnsweringServer } from "@keywhen/test-servers";
import { describe, expect, it, onTestFinished } from "vitest";
import { open } from "./url.js";

const KEY = Buffer.from("hush").toString("base64");
const CONNECTION = `DefaultEndpointsProtocol=https;AccountName=mine;AccountKey=${KEY};EndpointSuffix=core.windows.net`;

describe("open()", () => {
  it("takes container and root from the URL", async () => {
    const env = { AZURE_STORAGE_KEY: KEY };
    await using home = await open("azure://mine/container/deep/root/", env);
    expect([home.bucket, home.root]).toEqual(["container", "deep/root"]);
    await using bare = await open("azure://mine/container", env);
    expect(bare.root).toBeUndefined();
  });

  it.each([
    ["a key", { AZURE_STORAGE_KEY: KEY }, /^SharedKey mine:/, ""],
    [
      "a connection string",
      { AZURE_STORAGE_CONNECTION_STRING: CONNECTION },
      /^SharedKey mine:/,
      "",
    ],
    ["a SAS", { AZURE_STORAGE_SAS_TOKEN: "?sv=1&sig=hush" }, undefined, "?sv=1&sig=hush"],
  ])("reaches the endpoint with %s, the account in the path", async (_, env, header, query) => {
    const server = await startAnsweringServer(() => ({ status: 404 }));
    onTestFinished(() => server.stop());
    const endpoint = encodeURIComponent(`${server.endpoint}/`);
    await using home = await open(`azure://mine/container/root?endpoint=${endpoint}`, env);
    expect(await home.store.head({ bucket: home.bucket, key: "k" })).toBeUndefined();
    expect(server.requests[0]?.url).toBe(`/mine/container/k${query}`);
    const { authorization } = server.requests[0]?.headers ?? {};
    if (header === undefined) expect(authorization).toBeUndefined();
    else expect(authorization).toMatch(header);
  });

  it("signs in with @azure/identity if the environment has no secret", async () => {
    await using home = await open("azure://mine/container", {});
    const signal = AbortSignal.timeout(1);
    const asked = home.store.head({ bucket: "container", key: "k" }, { signal });
    await expect(asked).rejects.toMatchObject({ code: "aborted", undecided: false });
  });

  it("says which package is missing", async () => {
    const missing = `export const resolve = (name, context, next) => {
      if (name === "@azure/identity") throw new Error("not installed");
      return next(name, context);
    };`;
    const script = `import { register } from "node:module";
      register("data:text/javascript,${encodeURIComponent(missing)}");
      const { open } = await import(${JSON.stringify(new URL("../dist/url.js", import.meta.url))});
      await open("azure://mine/container", {}).catch((error) => console.log(error.code, error.message));`;
    const run = promisify(execFile);
    const { stdout } = await run(process.execPath, ["--input-type=module", "-e", script]);
    expect(stdout).toMatch(/^invalid-option no AZURE_STORAGE_.* install @azure\/identity\n$/);
  });

  it("refuses a connection string of another account", async () => {
    const env = { AZURE_STORAGE_CONNECTION_STRING: CONNECTION };
    const error = await refusal("azure://other/container", env);
    expect(error).toMatch(/for the account "mine", but the store URL names "other"/);
  });

  it.each([
    [{ AZURE_STORAGE_CONNECTION_STRING: "AccountName=hush" }, /is not a connection string/],
    [{ AZURE_STORAGE_CONNECTION_STRING: "hush" }, /is not a connection string/],
    [{ AZURE_STORAGE_KEY: "hush hush" }, /is not base64/],
  ])("refuses %o and doesn't repeat it", async (env, message) => {
    const error = await refusal("azure://mine/container", env);
    expect(error).toMatch(message);
    expect(error).not.toContain("hush");
  });

  it("goes where a connection string says, unless the URL names an endpoint", async () => {
    const server = await startAnsweringServer(() => ({ status: 404 }));
    onTestFinished(() => server.stop());
    const AZURE_STORAGE_CONNECTION_STRING = `DefaultEndpointsProtocol=http;AccountName=mine;AccountKey=${KEY};BlobEndpoint=${server.endpoint}/mine`;
    await using home = await open("azure://mine/container", { AZURE_STORAGE_CONNECTION_STRING });
    expect(await home.store.head({ bucket: home.bucket, key: "k" })).toBeUndefined();
    expect(server.requests[0]?.url).toBe("/mine/container/k");
  });

  it.each([
    ["azure:///container", /it has no account/],
    ["azure://my_account/container", /the account "my_account" is not allowed/],
    ["azure://mine/container?sig=hush", /unknown parameter "sig"; use one of these: endpoint/],
  ])("refuses %s", async (url, message) => {
    const error = await refusal(url, {});
    expect(error).toMatch(message);
    expect(error).not.toContain("hush");
  });
});

async function refusal(url: string, env: Record<string, string>): Promise<string> {
  const error = await open(url, env).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: "KeywhenError", code: "invalid-option" });
  return String(error);
}
