import { HeadObjectCommand } from "@aws-sdk/client-s3";
import {
  DESCRIBED,
  OPERATIONS,
  STREAM_PUTS,
  s3Error,
  storeErrorOf,
  streamOf,
} from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { s3Store } from "./s3-store.js";
import { LANES, onWireBy, xml } from "./testing/on-wire.js";

const MEBIBYTE = 1_048_576;
const ref = { bucket: "here", key: "k" };
const away = { bucket: "away", key: "k" };
const bytes = new TextEncoder().encode("body");
const large = () => streamOf(...Array.from({ length: 9 }, () => new Uint8Array(MEBIBYTE)));

/** Every way to send something. */
const CALLS = { ...OPERATIONS, ...STREAM_PUTS };

describe.each(LANES)("a call of the store by the $lane", ({ fastLane }) => {
  const onWire = onWireBy(fastLane);

  it.each(Object.entries(CALLS))("is sent once when the store is busy: %s", async (_, act) => {
    const { store, requests } = await onWire(() => s3Error(503, "SlowDown"));
    const error = await storeErrorOf(act(store));
    expect(requests).toHaveLength(1);
    expect(["throttled", "unavailable"]).toContain(error.code);
    expect(error.retryable).toBe(true);
  });

  it.each(Object.entries(CALLS))("is sent once when the connection breaks: %s", async (_, act) => {
    const { store, requests } = await onWire(() => "reset");
    const error = await storeErrorOf(act(store));
    expect(requests).toHaveLength(1);
    expect(error.code).toBe("unavailable");
  });

  it.each(Object.entries(CALLS))("tells the store's time with an error: %s", async (_, act) => {
    const date = "Wed, 25 Nov 2026 08:00:00 GMT";
    const { store } = await onWire(() => ({ ...s3Error(403, "AccessDenied"), headers: { date } }));
    const told: string[] = [];
    await storeErrorOf(act(store, { onDate: (time) => told.push(time.toISOString()) }));
    expect(new Set(told)).toEqual(new Set(["2026-11-25T08:00:00.000Z"]));
  });

  it.each(Object.entries(CALLS))("ends soon when it is aborted: %s", async (_, act) => {
    const { store } = await onWire(() => ({ delayMs: 20_000 }));
    const aborting = new AbortController();
    setTimeout(() => aborting.abort(), 20);
    const error = await storeErrorOf(act(store, { signal: aborting.signal }));
    expect(error.code).toBe("aborted");
  });

  it("is sent once though the user's client keeps its handlers", async () => {
    const { store, client, requests } = await onWire(() => ({ status: 503 }), {
      cacheMiddleware: true,
      maxAttempts: 2,
    });
    const command = () => new HeadObjectCommand({ Bucket: "here", Key: "k" });
    await expect(client.send(command())).rejects.toThrow();
    expect(requests).toHaveLength(2);
    await storeErrorOf(store.head(ref));
    await storeErrorOf(store.head(ref));
    expect(requests).toHaveLength(4);
  });

  it("goes through the user's middleware, also what stands beside the retries", async () => {
    const { client, requests } = await onWire(() => ({ headers: { etag: '"e"' } }));
    const seen: unknown[] = [];
    const relation = { relation: "after", toMiddleware: "retryMiddleware" } as const;
    const note =
      <Args extends { input: unknown }, Result>(next: (args: Args) => Result) =>
      (args: Args) => {
        seen.push(args.input);
        return next(args);
      };
    client.middlewareStack.addRelativeTo(note, { name: "note", ...relation });
    await s3Store({ client, fastLane }).put(ref, bytes);
    expect(seen).toMatchObject([{ Bucket: "here", Key: "k" }]);
    expect(requests).toHaveLength(1);
  });

  it("leaves the user's client as it is", async () => {
    const { store, client, requests } = await onWire(() => ({ status: 503 }));
    const before = client.middlewareStack.identify();
    await storeErrorOf(store.head(ref));
    await storeErrorOf(store.put(ref, large(), { size: 9 * MEBIBYTE }));
    expect(client.middlewareStack.identify()).toEqual(before);
    expect(await client.config.requestChecksumCalculation()).toBe("WHEN_SUPPORTED");
    const sent = requests.length;
    await expect(client.send(new HeadObjectCommand({ Bucket: "b", Key: "k" }))).rejects.toThrow();
    expect(requests.length - sent).toBe(3);
  });

  it("is signed with the store's time after the store refused ours", async () => {
    const date = "Wed, 24 Nov 2027 08:00:00 GMT";
    const { store, requests } = await onWire(() => ({
      ...s3Error(403, "RequestTimeTooSkewed"),
      headers: { date },
    }));
    expect({ ...(await storeErrorOf(store.get(ref))) }).toMatchObject({
      code: "unauthenticated",
      retryable: true,
      undecided: false,
    });
    await storeErrorOf(store.get(ref));
    expect(requests[1]?.headers["x-amz-date"]).toMatch(/^20271124T0/);
  });

  it("says that nothing was done where nobody listens", async () => {
    const { store } = await onWire(() => "reset", { endpoint: "http://127.0.0.1:9" });
    expect({ ...(await storeErrorOf(store.put(ref, bytes))) }).toMatchObject({
      code: "unavailable",
      retryable: true,
      undecided: false,
    });
  });

  it("says that nothing was done without credentials", async () => {
    const { store, requests } = await onWire(() => "reset", {
      credentials: async () => {
        throw Object.assign(new Error("none"), { name: "CredentialsProviderError" });
      },
    });
    const error = await storeErrorOf(store.put(ref, bytes));
    expect({ ...error }).toMatchObject({ code: "unauthenticated", undecided: false });
    expect(error.message).toContain("no AWS credentials found: none");
    expect(requests).toHaveLength(0);
  });

  it.each([
    ["", /^No AWS region is set: set AWS_REGION/],
    ["eu west", /^The AWS region can't be used: .*"eu west"/],
  ])("calls the region %j a wrong setting, not a missing permission", async (region, message) => {
    const { store, requests } = await onWire(() => "reset", { region: async () => region });
    const list = () => store.list({ bucket: "here" });
    for (const call of [() => store.put(ref, bytes), () => store.head(ref), list]) {
      await expect(call()).rejects.toMatchObject({
        name: "KeywhenError",
        code: "invalid-option",
        message: expect.stringMatching(message),
      });
    }
    expect(requests).toHaveLength(0);
  });

  it("ends when it is aborted before the credentials come", async () => {
    const never = new Promise<never>(() => undefined);
    const { store } = await onWire(() => "reset", { credentials: () => never });
    const error = await storeErrorOf(store.head(ref, { signal: AbortSignal.timeout(20) }));
    expect({ ...error }).toMatchObject({ code: "aborted", undecided: false });
  });

  it("tells each request by its kind", async () => {
    const { store } = await onWire(({ method }) =>
      method === "HEAD"
        ? { headers: DESCRIBED }
        : xml("<CopyObjectResult><ETag>e</ETag></CopyObjectResult>"),
    );
    const kinds: string[] = [];
    await store.copy(ref, away, { metadata: { a: "1" }, onRequest: (kind) => kinds.push(kind) });
    expect(kinds).toEqual(["head", "copy"]);
  });
});
