import { OPERATIONS, STREAM_PUTS, storeErrorOf } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { gcsStore } from "./gcs-store.js";
import { signedWith, unsigned } from "./testing/auth.js";
import { clientOf } from "./testing/client-of.js";
import { googleError, onWire } from "./testing/on-wire.js";

const ref = { bucket: "here", key: "k" };
const moved = { bucket: "here", key: "moved" };
const bytes = new TextEncoder().encode("body");
const busy = googleError(503, "backendError");

/** Every way to send something. The JSON API deletes one object a request. */
const { "delete of several": _, ...SHARED } = OPERATIONS;
const CALLS: typeof OPERATIONS = {
  ...SHARED,
  ...STREAM_PUTS,
  move: async (store, call) => store.move?.(ref, moved, call),
  "move with metadata": async (store, call) => store.move?.(ref, moved, { ...call, metadata: {} }),
};

describe("a call of the store", () => {
  it.each(Object.entries(CALLS))("is sent once when the store is busy: %s", async (_, act) => {
    const { store, requests } = await onWire(() => busy);
    const error = await storeErrorOf(act(store));
    expect(requests).toHaveLength(1);
    expect({ ...error }).toMatchObject({ code: "unavailable", retryable: true });
  });

  it.each(Object.entries(CALLS))("is sent once when the connection breaks: %s", async (_, act) => {
    const { store, requests } = await onWire(() => "reset");
    const error = await storeErrorOf(act(store));
    expect(requests).toHaveLength(1);
    expect(error.code).toBe("unavailable");
  });

  it.each(Object.entries(CALLS))("tells the store's time with an error: %s", async (_, act) => {
    const headers = { date: "Wed, 25 Nov 2026 08:00:00 GMT" };
    const { store } = await onWire(() => ({ ...googleError(403, "forbidden"), headers }));
    const told: string[] = [];
    await storeErrorOf(act(store, { onDate: (time) => told.push(time.toISOString()) }));
    expect(told).toEqual(["2026-11-25T08:00:00.000Z"]);
  });

  it.each(Object.entries(CALLS))("ends soon when it is aborted: %s", async (_, act) => {
    const { store } = await onWire(() => ({ delayMs: 20_000 }));
    const aborting = new AbortController();
    setTimeout(() => aborting.abort(), 20);
    const error = await storeErrorOf(act(store, { signal: aborting.signal }));
    expect(error.code).toBe("aborted");
  });

  it.each(Object.entries(CALLS))(
    "says that nothing was done where nobody listens: %s",
    async (_, act) => {
      const store = gcsStore({ client: clientOf({ endpoint: "http://127.0.0.1:9" }) });
      const error = await storeErrorOf(act(store));
      expect({ ...error }).toMatchObject({
        code: "unavailable",
        retryable: true,
        undecided: false,
      });
    },
  );

  it("is sent once though the user's client retries, which stays as it is", async () => {
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

  it("carries the client's authorization and user agent where the client would", async () => {
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

  it("carries no authorization to an endpoint of one's own", async () => {
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
  ])("sends nothing without credentials: %s", async (message, details, code, words) => {
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
