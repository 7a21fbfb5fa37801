import type { ObjectStore, RequestOptions } from "@keywhen/core/store";
import { DESCRIBED, s3Error, storeErrorOf, streamOf } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { minioStore } from "./minio-store.js";
import { clientOf } from "./testing/client-of.js";
import { onWire, xml } from "./testing/on-wire.js";

const MEBIBYTE = 1_048_576;
const ref = { bucket: "here", key: "k" };
const away = { bucket: "away", key: "k" };
const bytes = new TextEncoder().encode("body");
const large = () => streamOf(...Array.from({ length: 9 }, () => new Uint8Array(MEBIBYTE)));

/** Every way to send something. */
const CALLS: Record<string, (store: ObjectStore, call?: RequestOptions) => Promise<unknown>> = {
  put: (store, call) => store.put(ref, bytes, call),
  "put of a stream": (store, call) => store.put(ref, streamOf(bytes), call),
  "put of a large stream": (store, call) =>
    store.put(ref, large(), { ...call, size: 9 * MEBIBYTE }),
  "put in parts": (store, call) => store.put(ref, large(), call),
  "put if absent": (store, call) => store.put(ref, bytes, { ...call, condition: { if: "absent" } }),
  head: (store, call) => store.head(ref, call),
  get: (store, call) => store.get(ref, call),
  list: (store, call) => store.list({ bucket: "here" }, call),
  copy: (store, call) => store.copy(ref, away, call),
  "copy with metadata": (store, call) => store.copy(ref, away, { ...call, metadata: {} }),
  "copy in parts": (store, call) => store.copy(ref, away, { ...call, size: 1e10 }),
  delete: (store, call) => store.delete("here", ["k"], call),
};

describe("a call of the store", () => {
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
    const { store } = await onWire(() => ({ status: 403, headers: { date } }));
    const told: string[] = [];
    await storeErrorOf(act(store, { onDate: (time) => told.push(time.toISOString()) }));
    expect(new Set(told)).toEqual(new Set(["2026-11-25T08:00:00.000Z"]));
  });

  it.each(Object.entries(CALLS))("ends soon when it is aborted: %s", async (_, act) => {
    const { store, connections } = await onWire(() => ({ delayMs: 20_000 }));
    const aborting = new AbortController();
    setTimeout(() => aborting.abort(), 20);
    const error = await storeErrorOf(act(store, { signal: aborting.signal }));
    expect(error.code).toBe("aborted");
    await expect.poll(connections).toBe(0);
  });

  it("keeps the store's own word for why it refuses", async () => {
    const { store } = await onWire(() => s3Error(503, "SlowDown", "Please reduce"));
    const error = await storeErrorOf(store.put(ref, bytes));
    expect({ ...error }).toMatchObject({ code: "throttled", undecided: false });
    expect(error.message).toBe("put here/k: Please reduce (SlowDown)");
  });

  it("says that nothing was done where nobody listens", async () => {
    const store = minioStore({ client: clientOf({ endpoint: "http://127.0.0.1:9" }) });
    expect({ ...(await storeErrorOf(store.put(ref, bytes))) }).toMatchObject({
      code: "unavailable",
      retryable: true,
      undecided: false,
    });
  });

  it("leaves the user's client as it is", async () => {
    const { store, client, requests } = await onWire(() => ({ headers: { etag: '"e"' } }));
    const before = { ...client };
    await store.put(ref, bytes);
    await store.put(ref, large(), { size: 9 * MEBIBYTE });
    expect({ ...client }).toEqual(before);
    await client.statObject("here", "k");
    // The client itself asks for the region first.
    expect(requests).toHaveLength(4);
  });

  it("is signed for the client's region, without asking for one", async () => {
    const answer = () => ({ headers: { etag: '"e"' } });
    const usual = await onWire(answer);
    await usual.store.put(ref, bytes);
    expect(usual.requests[0]?.headers["authorization"]).toContain("/us-east-1/s3/");
    const own = await onWire(answer, { region: "eu-west-3" });
    await own.store.put(ref, bytes);
    expect(own.requests[0]?.headers["authorization"]).toContain("/eu-west-3/s3/");
    expect([...usual.asked(), ...own.asked()]).toEqual(["PUT /here/k", "PUT /here/k"]);
  });

  it("signs a body with its hash, a stream as it is", async () => {
    const { store, requests } = await onWire(() => ({ headers: { etag: '"e"' } }));
    await store.put(ref, bytes);
    await store.put(ref, large(), { size: 9 * MEBIBYTE });
    const [body, stream] = requests.map(({ headers }) => headers["x-amz-content-sha256"]);
    expect(body).toMatch(/^[0-9a-f]{64}$/);
    expect(stream).toBe("UNSIGNED-PAYLOAD");
    expect(requests[1]?.headers["content-length"]).toBe(`${9 * MEBIBYTE}`);
  });

  it("goes through the client's own transport", async () => {
    const http = await import("node:http");
    let seen = 0;
    const request = (...args: unknown[]) => {
      seen += 1;
      return Reflect.apply(http.request, undefined, args);
    };
    const { store } = await onWire(() => ({ headers: { etag: '"e"' } }), {
      transport: { request },
    });
    await store.put(ref, bytes);
    expect(seen).toBe(1);
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

describe("copy() with new metadata", () => {
  it("names every header of the source again", async () => {
    const headers = {
      "content-type": "text/x",
      "content-encoding": "gzip",
      "content-language": "de",
      "content-disposition": "inline",
      "cache-control": "no-store",
      expires: "Wed, 25 Nov 2026 08:00:00 GMT",
    };
    const { store, requests } = await onWire(({ method }) =>
      method === "HEAD"
        ? { headers: { ...DESCRIBED, ...headers, "x-amz-meta-old": "1" } }
        : xml("<CopyObjectResult><ETag>e</ETag></CopyObjectResult>"),
    );
    await store.copy({ bucket: "here", key: "a b/ü%" }, away, { metadata: { new: "2" } });
    expect(requests[1]?.headers).toMatchObject({
      ...headers,
      "x-amz-copy-source": "here/a%20b/%C3%BC%25",
      "x-amz-metadata-directive": "REPLACE",
      "x-amz-meta-new": "2",
    });
    expect(requests[1]?.headers).not.toHaveProperty("x-amz-meta-old");
  });
});

describe("an answer", () => {
  it("that says 200 and tells of a failure is one", async () => {
    const failure = xml("<Error><Code>InternalError</Code><Message>words</Message></Error>");
    const { store } = await onWire(() => failure);
    expect({ ...(await storeErrorOf(store.copy(ref, away))) }).toMatchObject({
      code: "unavailable",
      undecided: true,
    });
    expect((await storeErrorOf(store.delete("here", ["k"]))).code).toBe("unavailable");
  });

  it.each(["", "<html>welcome</html>", "<ListBucketResult><IsTruncated>", "{}"])(
    "that is no list is no empty list: %s",
    async (body) => {
      const { store } = await onWire(() => ({ body }));
      const error = await storeErrorOf(store.list({ bucket: "here" }));
      expect(error.code).toBe("unexpected");
    },
  );

  it("that confirms no copy makes none", async () => {
    const { store } = await onWire(() => xml("<CopyObjectResult/>"));
    expect((await storeErrorOf(store.copy(ref, away))).code).toBe("unexpected");
  });

  it("that breaks off fails the call", async () => {
    const { store } = await onWire(() => ({
      body: `<ListBucketResult>${" ".repeat(100_000)}</ListBucketResult>`,
      cutAfterBytes: 50_000,
    }));
    expect((await storeErrorOf(store.list({ bucket: "here" }))).code).toBe("unavailable");
  });

  it("tells what became of each key that was to be deleted, in their order", async () => {
    const { store, requests } = await onWire(() =>
      xml(
        "<DeleteResult><Deleted><Key>a</Key></Deleted><Deleted><Key>c</Key></Deleted><Error><Key>b&lt;&#38;</Key><Code>AccessDenied</Code><Message>no</Message></Error></DeleteResult>",
      ),
    );
    const results = await store.delete("here", ["a", "b<&", "c"]);
    expect(results.map(({ outcome }) => outcome)).toEqual(["gone", "failed", "gone"]);
    expect(results[1]).toMatchObject({ error: { code: "denied", key: "b<&" } });
    expect(requests[0]?.body.toString()).toContain("<Key>b&lt;&amp;</Key>");
    expect(requests[0]?.headers["content-md5"]).toMatch(/^[\w+/]{22}==$/);
  });

  it("leaves the connection free for the next call", async () => {
    const http = await import("node:http");
    const transportAgent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const { store, connections } = await onWire(() => s3Error(503, "SlowDown"), { transportAgent });
    for (let call = 0; call < 5; call += 1) await storeErrorOf(store.put(ref, bytes));
    expect(await connections()).toBe(1);
    transportAgent.destroy();
  });
});

describe("get()", () => {
  it("frees the connection when the body is cancelled", async () => {
    const { store, connections } = await onWire(() => ({
      headers: DESCRIBED,
      body: new Uint8Array(32 * MEBIBYTE),
    }));
    const opened = await store.get(ref);
    expect(await connections()).toBe(1);
    await opened?.body.cancel();
    await expect.poll(connections).toBe(0);
  });

  it("fails a body that breaks off", async () => {
    const { store } = await onWire(() => ({
      headers: DESCRIBED,
      body: new Uint8Array(100_000),
      cutAfterBytes: 50_000,
    }));
    const opened = await store.get(ref);
    const error = await storeErrorOf(new Response(opened?.body).arrayBuffer());
    expect({ ...error }).toMatchObject({ code: "unavailable", operation: "get", key: "k" });
  });

  it("ends a body when its signal aborts", async () => {
    const { store } = await onWire(() => ({
      headers: DESCRIBED,
      body: new Uint8Array(32 * MEBIBYTE),
    }));
    const aborting = new AbortController();
    const opened = await store.get(ref, { signal: aborting.signal });
    const reader = opened?.body.getReader();
    await reader?.read();
    aborting.abort();
    const drain = async () => {
      while (!(await reader?.read())?.done);
    };
    expect((await storeErrorOf(drain())).code).toBe("aborted");
  });
});
