import { inspect } from "node:util";
import {
  AnonymousCredential,
  BlobServiceClient,
  newPipeline,
  type RequestPolicy,
  type WebResource,
} from "@azure/storage-blob";
import { storeErrorOf } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { azureStore } from "./azure-store.js";
import { lastingCredential } from "./credentials.js";
import { azureError, onWire } from "./testing/on-wire.js";

const REF = { bucket: "bucket", key: "key" };
const TARGET = { bucket: "bucket", key: "target" };
const AUDIENCE = { audience: "https://example.org/.default" };

describe("azureStore()", () => {
  it("does not change the retries of the user's client", async () => {
    const pipeline = { retryOptions: { maxTries: 3, retryDelayInMs: 1, maxRetryDelayInMs: 1 } };
    const { client, requests } = await onWire(() => azureError(503, "ServerBusy"), { pipeline });
    await expect(client.getContainerClient("bucket").getProperties()).rejects.toThrow();
    expect(requests).toHaveLength(3);
  });

  it("keeps the policies that the user's pipeline has", async () => {
    const makeClient = (endpoint: string) => {
      const pipeline = newPipeline(new AnonymousCredential());
      pipeline.factories.push({
        create: (next: RequestPolicy) => ({
          sendRequest: (request: WebResource) => {
            request.headers.set("x-mine", "kept");
            return next.sendRequest(request);
          },
        }),
      });
      return new BlobServiceClient(`${endpoint}/account`, pipeline);
    };
    const { store, requests } = await onWire(() => azureError(503, "ServerBusy"), { makeClient });
    await storeErrorOf(store.put(REF, Buffer.from("body")));
    expect(requests.map(({ headers }) => headers["x-mine"])).toEqual(["kept"]);
  });

  it("never shows the SAS for the source of a copy", async () => {
    const { store, requests } = await onWire(() => azureError(403, "AuthenticationFailed"));
    const error = await storeErrorOf(store.copy(REF, TARGET));
    expect(requests[0]?.headers["x-ms-copy-source"]).toContain("sig=");
    expect(inspect(error, { depth: 10 })).not.toContain("sig=");
  });

  it("signs with the SAS of the client's address", async () => {
    const makeClient = (endpoint: string) =>
      new BlobServiceClient(`${endpoint}/account?sv=1&sig=secret`);
    const { store, requests } = await onWire(() => azureError(503, "ServerBusy"), { makeClient });
    await storeErrorOf(store.copy(REF, TARGET));
    expect(requests.map(({ url }) => url)).toEqual(["/account/bucket/target?sv=1&sig=secret"]);
    const source = requests[0]?.headers["x-ms-copy-source"] ?? "";
    expect(new URL(source).pathname + new URL(source).search).toBe(
      "/account/bucket/key?sv=1&sig=secret",
    );
  });

  it("signs the source of a copy with a shared key, for reading only", async () => {
    const { store, requests } = await onWire(() => azureError(503, "ServerBusy"));
    await storeErrorOf(store.copy({ bucket: "bucket", key: "a b/ü%" }, TARGET));
    const source = new URL(requests[0]?.headers["x-ms-copy-source"] ?? "");
    expect(source.pathname).toBe("/account/bucket/a%20b/%C3%BC%25");
    expect([source.searchParams.get("sp"), source.searchParams.get("sr")]).toEqual(["r", "b"]);
    const life = Date.parse(source.searchParams.get("se") ?? "") - Date.now();
    expect(life).toBeGreaterThan(3_000_000);
    expect(life).toBeLessThanOrEqual(3_600_000);
  });

  it("sends a token for the source", async () => {
    const { client, asked } = withToken();
    const store = azureStore({ client });
    expect((await storeErrorOf(store.copy(REF, TARGET))).code).toBe("throttled");
    expect(asked).toHaveLength(1);
    expect(asked[0]?.headers.get("authorization")).toBe("Bearer token 1");
    expect(asked[0]?.headers.get("x-ms-copy-source-authorization")).toBe("Bearer token 1");
  });

  it("says so if no credential is found, or if it returns no token", async () => {
    const failing = (getToken: () => Promise<null>) =>
      azureStore({
        client: new BlobServiceClient("https://account.blob.core.windows.net", { getToken }),
      });
    const none = Object.assign(new Error("No source."), { name: "CredentialUnavailableError" });
    const without = failing(() => Promise.reject(none));
    expect(await storeErrorOf(without.head(REF))).toMatchObject({
      code: "unauthenticated",
      undecided: false,
      message: expect.stringMatching(
        /no Azure credential found; set AZURE_STORAGE_.*: No source\.$/,
      ),
    });
    const signedOut = failing(async () => null);
    expect(await storeErrorOf(signedOut.copy(REF, TARGET))).toMatchObject({
      code: "unexpected",
      undecided: false,
      message: expect.stringContaining("returns no token: sign in again"),
    });
  });

  it("requests the source's token for the SDK's audience, unless the client has another", async () => {
    const { client, scopes } = withToken(3_600_000, {});
    await storeErrorOf(azureStore({ client }).copy(REF, TARGET));
    expect(new Set(scopes)).toEqual(new Set(["https://storage.azure.com/.default"]));
  });

  it("passes each answer to a challenge of Azure's on to the credential", async () => {
    const { credential, scopes } = withToken();
    const lasting = lastingCredential(credential);
    if (!("getToken" in lasting)) throw new Error("it is no token credential");
    for (const options of [{}, {}, { claims: "more" }, { tenantId: "other" }, {}]) {
      await lasting.getToken("scope", options);
    }
    expect(scopes).toHaveLength(3);
  });

  it("requests a token once while it lasts, and again in time", async () => {
    const lasting = withToken();
    const store = azureStore({ client: lasting.client });
    await storeErrorOf(store.copy(REF, TARGET));
    await storeErrorOf(store.delete("bucket", ["a", "b", "c"]));
    // The SDK signs what is in a batch for its own audience.
    const sdkAudience = "https://storage.azure.com/.default";
    expect(lasting.scopes).toEqual(["https://example.org/.default", sdkAudience]);
    const ending = withToken(60_000);
    const endingStore = azureStore({ client: ending.client });
    for (const _ of [1, 2]) await storeErrorOf(endingStore.copy(REF, TARGET));
    expect(ending.asked[1]?.headers.get("x-ms-copy-source-authorization")).not.toBe(
      ending.asked[0]?.headers.get("x-ms-copy-source-authorization"),
    );
  });

  it("ends when it is aborted, and says whether it was sent", async () => {
    const { store, requests } = await onWire(() => ({ delayMs: 60_000 }));
    const aborting = new AbortController();
    const { signal } = aborting;
    const call = storeErrorOf(store.put(REF, Buffer.from("body"), { signal }));
    await expect.poll(() => requests.length).toBe(1);
    aborting.abort();
    expect(await call).toMatchObject({ code: "aborted", undecided: true });
    const late = storeErrorOf(store.put(REF, Buffer.from("body"), { signal }));
    expect(await late).toMatchObject({ code: "aborted", undecided: false });
    expect(requests).toHaveLength(1);
  });

  it("ends when it is aborted while it waits for a credential", async () => {
    const credential = { getToken: () => new Promise<null>(() => undefined) };
    const client = new BlobServiceClient("https://account.blob.core.windows.net", credential);
    const signal = AbortSignal.timeout(20);
    const error = await storeErrorOf(azureStore({ client }).head(REF, { signal }));
    expect(error).toMatchObject({ code: "aborted", undecided: false });
  });
});

/** Tokens are sent only over https, so the answer comes from a custom HTTP client. */
function withToken(lifeMs = 3_600_000, audience: object = AUDIENCE) {
  const asked: WebResource[] = [];
  const scopes: string[] = [];
  const credential = {
    getToken: async (scope: string | string[]) => {
      scopes.push(String(scope));
      return { token: `token ${scopes.length}`, expiresOnTimestamp: Date.now() + lifeMs };
    },
  };
  const httpClient = {
    sendRequest: async (request: WebResource) => {
      asked.push(request);
      const headers = request.headers.clone();
      for (const { name } of headers.headersArray()) headers.remove(name);
      headers.set("x-ms-error-code", "ServerBusy");
      return { request, status: 503, headers };
    },
  };
  const pipeline = newPipeline(credential, { httpClient, ...audience });
  const client = new BlobServiceClient("https://account.blob.core.windows.net", pipeline);
  return { client, credential, asked, scopes };
}
