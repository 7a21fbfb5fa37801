import { storeErrorOf } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { gcsStore } from "./gcs-store.js";
import { signedWith, unsigned } from "./testing/auth.js";
import { clientOf } from "./testing/client-of.js";
import { googleError, onWire } from "./testing/on-wire.js";

const ref = { bucket: "here", key: "k" };
const bytes = new TextEncoder().encode("body");
const busy = googleError(503, "backendError");

describe("a call of the store", () => {
  it("is sent once although the user's client retries, which does not change", async () => {
    const retryOptions = { retryDelayMultiplier: 0.01, maxRetries: 1, maxRetryDelay: 0.01 };
    const { store, requests } = await onWire(() => busy, { retryOptions });
    await storeErrorOf(store.head(ref));
    expect(requests).toHaveLength(1);
    const endpoint = `http://${requests[0]?.headers["host"]}`;
    const client = clientOf({ endpoint }, { retryOptions });
    const before = structuredClone({ ...client.retryOptions, retryableErrorFn: undefined });
    await storeErrorOf(gcsStore({ client }).head(ref));
    expect({ ...client.retryOptions, retryableErrorFn: undefined }).toEqual(before);
    expect(requests).toHaveLength(2);
    await expect(client.bucket("here").file("k").getMetadata()).rejects.toThrow();
    expect(requests).toHaveLength(4);
  });

  it("has the client's authorization and user agent", async () => {
    const { store, requests } = await onWire(() => googleError(404, "notFound"), {
      useAuthWithCustomEndpoint: true,
      authClient: signedWith("token-1"),
      userAgent: "my-app/1",
    });
    await store.head(ref);
    expect(requests[0]?.headers).toMatchObject({
      authorization: "Bearer token-1",
      "user-agent": "my-app/1 keywhen",
    });
  });

  it("has no authorization for a custom endpoint", async () => {
    const { store, requests } = await onWire(() => googleError(404, "notFound"), {
      authClient: signedWith("token-1"),
    });
    await store.head(ref);
    expect(requests[0]?.headers["authorization"]).toBeUndefined();
  });

  it.each([
    [
      "Could not load the default credentials. Browse to …",
      {},
      "unauthenticated",
      /no Google credentials/,
    ],
    ["invalid_grant", { response: { status: 400 } }, "unauthenticated", /rejected the credentials/],
    ["busy", { response: { status: 503 } }, "unavailable", /busy/],
    ["getaddrinfo ENOTFOUND", { code: "ENOTFOUND" }, "unavailable", /ENOTFOUND/],
    ["no such file", { code: "ENOENT" }, "unauthenticated", /credentials: no such file/],
  ])("is not sent without credentials: %s", async (message, details, code, words) => {
    const { store, requests } = await onWire(() => "reset", {
      useAuthWithCustomEndpoint: true,
      authClient: unsigned(Object.assign(new Error(message), details)),
    });
    const error = await storeErrorOf(store.put(ref, bytes));
    expect({ ...error }).toMatchObject({ code, undecided: false });
    expect(error.message).toMatch(words);
    expect(requests).toHaveLength(0);
  });

  it("ends when it is aborted before the credentials come", async () => {
    const { store } = await onWire(() => "reset", {
      useAuthWithCustomEndpoint: true,
      authClient: unsigned(new Promise<never>(() => undefined)),
    });
    const error = await storeErrorOf(store.head(ref, { signal: AbortSignal.timeout(20) }));
    expect({ ...error }).toMatchObject({ code: "aborted", undecided: false });
  });
});
