import {
  endlessBody,
  MEBIBYTE,
  manyBytes,
  mebibytes,
  type RecordedRequest,
  storeErrorOf,
} from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { signedWith } from "./testing/auth.js";
import { googleError, jsonAnswer, onTestServer, onWire, RESOURCE } from "./testing/on-wire.js";

const ref = { bucket: "here", key: "a/b c" };
const bytes = new TextEncoder().encode("body");
const stored = jsonAnswer(RESOURCE);
/** The answer to a chunk of 8 MiB. */
const TAKEN = { status: 308, headers: { range: "bytes=0-8388607" } };
const ABSENT = { if: "absent" } as const;
const UPLOAD = "POST /upload/storage/v1/b/here/o?uploadType=multipart&name=a%2Fb%20c";

describe("put()", () => {
  it("is one request with its condition, and returns the generation", async () => {
    const { store, asked } = await onWire(() => stored);
    const version = RESOURCE.generation;
    expect(await store.put(ref, bytes)).toEqual({ outcome: "written", version });
    await store.put(ref, bytes, { condition: ABSENT });
    await store.put(ref, bytes, { condition: { if: "version", version } });
    expect(asked()).toEqual([
      UPLOAD,
      `${UPLOAD}&ifGenerationMatch=0`,
      `${UPLOAD}&ifGenerationMatch=${version}`,
    ]);
  });

  it.each([
    [ABSENT, "exists"],
    [{ if: "version", version: "17" } as const, "changed"],
  ])("takes 412 for a lost race: %o", async (condition, outcome) => {
    const { store } = await onWire(() => googleError(412, "conditionNotMet"));
    expect(await store.put(ref, bytes, { condition })).toEqual({ outcome });
  });

  it.each(["0", "", "etag", "-1", "1&x=2"])(
    "answers changed for the version %j, which no object has",
    async (version) => {
      const { store, server } = await onTestServer();
      const put = await store.put(ref, bytes, { condition: { if: "version", version } });
      expect(put).toEqual({ outcome: "changed" });
      expect(await store.head(ref)).toBeUndefined();
      expect(server.requests.filter(({ url }) => url.includes("upload"))).toHaveLength(0);
    },
  );

  it("sends a large stream of known length in one request, condition included", async () => {
    const { store, asked, requests } = await onWire(() => stored);
    const options = { size: 9 * MEBIBYTE, condition: ABSENT, contentType: "text/x" };
    expect((await store.put(ref, mebibytes(9), options)).outcome).toBe("written");
    expect(asked()).toEqual([`${UPLOAD}&ifGenerationMatch=0`]);
    const { headers, body } = requests[0] ?? {};
    expect(headers?.["content-length"]).toBe(`${body?.byteLength}`);
    expect(headers?.["transfer-encoding"]).toBeUndefined();
  });

  it.each([8, 10])("refuses a large stream of another length: %s MiB", async (count) => {
    const { store, server } = await onTestServer();
    const error = await storeErrorOf(store.put(ref, mebibytes(count), { size: 9 * MEBIBYTE }));
    expect({ ...error }).toMatchObject({ code: "unexpected", undecided: false });
    expect(error.message).toContain("size is 9437184");
    await expect.poll(() => server.requests.length).toBe(3); // Two made the buckets.
    expect(await store.head(ref)).toBeUndefined();
  });

  it("sends a stream that ends within a chunk in one request", async () => {
    const { store, asked } = await onWire(() => stored);
    await store.put(ref, mebibytes(8), { condition: ABSENT });
    expect(asked()).toEqual([`${UPLOAD}&ifGenerationMatch=0`]);
  });

  it("refuses a condition for a large stream of unknown length, and sends nothing", async () => {
    const { store, requests } = await onWire(() => stored);
    const { body, isCancelled } = endlessBody();
    const error = await storeErrorOf(store.put(ref, body, { condition: ABSENT }));
    expect({ ...error }).toMatchObject({ code: "not-supported", undecided: false });
    expect(requests).toHaveLength(0);
    expect(isCancelled()).toBe(true);
  });
});

describe("put() of a stream of unknown length", () => {
  it("sends chunk after chunk, each once, and keeps every byte", async () => {
    const { store, server } = await onTestServer();
    const body = manyBytes(17 * MEBIBYTE);
    const put = await store.put(ref, new Blob([body]).stream(), {
      contentType: "text/x",
      cacheControl: "no-store",
      metadata: { a: "1" },
    });
    expect(put.outcome).toBe("written");
    const { body: read, contentType, cacheControl, metadata } = (await store.get(ref)) ?? {};
    expect(Buffer.compare(Buffer.from(await new Response(read).arrayBuffer()), body)).toBe(0);
    expect({ contentType, cacheControl, metadata }).toEqual({
      contentType: "text/x",
      cacheControl: "no-store",
      metadata: { a: "1" },
    });
    const chunks = server.requests.filter(({ method }) => method === "PUT");
    expect(chunks.map(({ headers }) => headers["content-range"])).toEqual([
      "bytes 0-8388607/*",
      "bytes 8388608-16777215/*",
      "bytes 16777216-17825791/17825792",
    ]);
    expect(server.unfinishedUploads()).toBe(0);
  });

  it("sends no authorization to the session", async () => {
    const signed = { useAuthWithCustomEndpoint: true, authClient: signedWith("token") };
    const { store, requests } = await onWire((request) => {
      if (request.method === "POST") return sessionFor(request);
      return request.headers["content-range"]?.endsWith("*") ? TAKEN : stored;
    }, signed);
    await store.put(ref, mebibytes(9));
    const shown = requests.map(({ headers }) => headers["authorization"]);
    expect(shown).toEqual(["Bearer token", undefined, undefined]);
  });

  it("marks the last chunk although it is full", async () => {
    const { store } = await onTestServer();
    await store.put(ref, mebibytes(16));
    expect((await store.head(ref))?.size).toBe(16 * MEBIBYTE);
  });

  it.each([
    ["the session is refused", 1, { code: "unavailable", undecided: false }, false],
    ["a chunk is refused", 2, { code: "unavailable", undecided: false }, true],
    ["the last chunk is unanswered", 3, { code: "unavailable", undecided: true }, true],
  ])("is abandoned, and undecided only at the end: %s", async (_, failing, expected, isOpen) => {
    let count = 0;
    const { store, asked } = await onWire((request) => {
      if (request.method === "DELETE") return { status: 499 };
      count += 1;
      if (count === failing) return { status: 503 };
      return request.method === "POST" ? sessionFor(request) : TAKEN;
    });
    const error = await storeErrorOf(store.put(ref, mebibytes(9)));
    expect({ ...error }).toMatchObject(expected);
    if (isOpen) await expect.poll(() => asked().at(-1)).toBe("DELETE /session");
    else expect(asked()).toHaveLength(1);
  });

  it("fails if the store takes only a part of a chunk", async () => {
    const part = { status: 308, headers: { range: "bytes=0-262143" } };
    const { store } = await onWire((request) =>
      request.method === "POST" ? sessionFor(request) : part,
    );
    const error = await storeErrorOf(store.put(ref, mebibytes(9)));
    expect({ ...error }).toMatchObject({ code: "unavailable", undecided: false });
    expect(error.message).toContain("took bytes=0-262143 of the first 8388608");
  });

  it.each([404, 410])("can be repeated if the session has expired: %s", async (status) => {
    const { store } = await onWire((request) =>
      request.method === "POST" ? sessionFor(request) : googleError(status, "notFound"),
    );
    const error = await storeErrorOf(store.put(ref, mebibytes(9)));
    expect({ ...error }).toMatchObject({ code: "unavailable", retryable: true, undecided: false });
  });

  it("leaves nothing if the body breaks off", async () => {
    const { store, server } = await onTestServer();
    await store.put(ref, bytes);
    const broken = brokenAfter(17);
    const error = await storeErrorOf(store.put(ref, broken));
    expect({ ...error }).toMatchObject({ code: "unexpected", undecided: false });
    expect((await store.head(ref))?.size).toBe(4);
    await expect.poll(server.unfinishedUploads).toBe(0);
  });
});

/** The answer that opens an upload session. */
function sessionFor({ headers }: RecordedRequest) {
  return { headers: { location: `http://${headers["host"]}/session` } };
}

function brokenAfter(count: number): ReadableStream<Uint8Array> {
  let left = count;
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      left -= 1;
      if (left < 0) controller.error(new Error("gone"));
      else controller.enqueue(new Uint8Array(MEBIBYTE));
    },
  });
}
