import { HeadObjectCommand } from "@aws-sdk/client-s3";
import { MEBIBYTE, mebibytes, s3Error, storeErrorOf } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { s3Store } from "./s3-store.js";
import { LANES, onWireBy } from "./testing/on-wire.js";

const ref = { bucket: "here", key: "k" };
const DOTTED = { bucket: "away", key: "a/../b" };
const bytes = new TextEncoder().encode("body");

describe.each(LANES)("a call of the store by the $lane", ({ fastLane }) => {
  const onWire = onWireBy(fastLane);

  it("is sent once although the user's client caches its handlers", async () => {
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

  it("uses the user's middleware, also what is added relative to the retries", async () => {
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

  it("does not change the user's client", async () => {
    const { store, client, requests } = await onWire(() => ({ status: 503 }));
    const before = client.middlewareStack.identify();
    await storeErrorOf(store.head(ref));
    await storeErrorOf(store.put(ref, mebibytes(9), { size: 9 * MEBIBYTE }));
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

  it("does nothing without credentials", async () => {
    const { store, requests } = await onWire(() => "reset", {
      credentials: async () => {
        throw Object.assign(new Error("none"), { name: "CredentialsProviderError" });
      },
    });
    const error = await storeErrorOf(store.put(ref, bytes));
    expect({ ...error }).toMatchObject({ code: "unauthenticated", undecided: false });
    expect(error.message).toContain("no AWS credentials found");
    expect(requests).toHaveLength(0);
  });

  it.each([
    ["", /^No AWS region is set: set AWS_REGION/],
    ["eu west", /^The AWS region can't be used .*"eu west"/],
  ])(
    "reports the region %j as a wrong setting, not a missing permission",
    async (region, message) => {
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
    },
  );

  it("ends when it is aborted before the credentials come", async () => {
    const never = new Promise<never>(() => undefined);
    const { store } = await onWire(() => "reset", { credentials: () => never });
    const error = await storeErrorOf(store.head(ref, { signal: AbortSignal.timeout(20) }));
    expect({ ...error }).toMatchObject({ code: "aborted", undecided: false });
  });

  it("sends a key with dots unchanged", async () => {
    const { store, asked } = await onWire(() => ({ status: 500 }));
    await storeErrorOf(store.copy(ref, DOTTED));
    expect(asked()).toEqual(["PUT /away/a/../b"]);
  });
});

describe("a request that a middleware sends to another object", () => {
  it("is stopped", async () => {
    const { client, requests } = await onWireBy(false)(() => ({ status: 500 }));
    client.middlewareStack.add(
      (next) => (args) => {
        Object.assign(Object(args.request), { path: "/away/lease.json" });
        return next(args);
      },
      { step: "build", name: "rewriting" },
    );
    const error = await storeErrorOf(s3Store({ client, service: "aws" }).copy(ref, DOTTED));
    expect({ ...error }).toMatchObject({ code: "invalid-key", undecided: false });
    expect(error.message).toContain("/away/lease.json, which is another object");
    expect(requests).toHaveLength(0);
  });
});
