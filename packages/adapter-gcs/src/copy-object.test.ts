import { MEBIBYTE, manyBytes, storeErrorOf } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { clientOf } from "./testing/client-of.js";
import { googleError, jsonAnswer, onTestServer, onWire, RESOURCE } from "./testing/on-wire.js";

const source = { bucket: "here", key: "a b/ü+%.bin" };
const target = { bucket: "away", key: "t" };
const PATH = "/storage/v1/b/here/o/a%20b%2F%C3%BC%2B%25.bin/rewriteTo/b/away/o/t";
const DONE = jsonAnswer({ done: true, resource: RESOURCE });

describe("copy()", () => {
  it("is one request if the store can do it in one", async () => {
    const { store, asked } = await onWire(() => DONE);
    expect(await store.copy(source, target)).toEqual({ outcome: "copied" });
    expect(asked()).toEqual([`POST ${PATH}`]);
  });

  it.each([undefined, { b: "2" }])(
    "continues with the store's token, metadata %o, until a large object is copied",
    async (metadata) => {
      const { store, server } = await onTestServer({ maxBytesPerRewrite: 2 * MEBIBYTE });
      const body = manyBytes(5 * MEBIBYTE);
      await store.put(source, body, { contentType: "text/x", metadata: { a: "1" } });
      const kinds: string[] = [];
      const onRequest = (kind: string) => kinds.push(kind);
      const copied = await store.copy(source, target, { metadata, onRequest });
      expect(copied).toEqual({ outcome: "copied" });
      const head = metadata === undefined ? [] : ["head"];
      expect(kinds).toEqual([...head, "copy", "copy", "copy"]);
      const rewrites = server.requests.filter(({ url }) => url.includes("rewriteTo"));
      expect(rewrites.map(({ url }) => url.includes("rewriteToken="))).toEqual([false, true, true]);
      const opened = await store.get(target);
      const read = Buffer.from(await new Response(opened?.body).arrayBuffer());
      expect(Buffer.compare(read, body)).toBe(0);
      expect([opened?.contentType, opened?.metadata]).toEqual(["text/x", metadata ?? { a: "1" }]);
    },
  );

  it("stops between two requests when it is aborted, and does not write the target", async () => {
    const { store, server } = await onTestServer({ maxBytesPerRewrite: MEBIBYTE });
    await store.put(source, new Uint8Array(3 * MEBIBYTE));
    const aborting = new AbortController();
    const onDate = () => aborting.abort();
    const call = store.copy(source, target, { signal: aborting.signal, onDate });
    expect((await storeErrorOf(call)).code).toBe("aborted");
    expect(server.requests.filter(({ url }) => url.includes("rewriteTo"))).toHaveLength(1);
    expect(await store.head(target)).toBeUndefined();
  });

  it("keeps every other header when it replaces the metadata", async () => {
    const { store, server } = await onTestServer();
    const file = clientOf(server).bucket("here").file("s");
    const headers = {
      contentType: "text/x",
      contentEncoding: "br",
      contentLanguage: "de",
      contentDisposition: "attachment",
      cacheControl: "no-store",
      customTime: "2026-11-24T08:00:00.000Z",
    };
    await file.save("body", { metadata: { ...headers, metadata: { a: "1" } } });
    await store.copy({ bucket: "here", key: "s" }, target, { metadata: { b: "2" } });
    const [copied] = await clientOf(server).bucket("away").file("t").getMetadata();
    expect(copied).toMatchObject({ ...headers, metadata: { b: "2" } });
    expect(copied.metadata).toEqual({ b: "2" });
  });

  it("removes all metadata, with or without a content type", async () => {
    const { store, server } = await onTestServer();
    const path = "/storage/v1/b/here/o/a%20b%2F%C3%BC%2B%25.bin";
    await store.put(source, new Uint8Array(1), { metadata: { a: "1" } });
    const body = JSON.stringify({ contentType: null });
    await fetch(server.endpoint + path, { method: "PATCH", body });
    expect((await store.head(source))?.contentType).toBeUndefined();
    await store.copy(source, target, { metadata: {} });
    expect((await store.head(target))?.metadata).toEqual({});
  });

  it("copies the generation that it has described, or fails with conflict", async () => {
    const answers = [jsonAnswer(RESOURCE), googleError(412, "conditionNotMet")];
    const { store, asked } = await onWire((_, index) => answers[index] ?? DONE);
    const error = await storeErrorOf(store.copy(source, target, { metadata: {} }));
    expect({ ...error }).toMatchObject({ code: "conflict", retryable: true, undecided: false });
    expect(asked()[1]).toBe(`POST ${PATH}?ifSourceGenerationMatch=${RESOURCE.generation}`);
  });

  it.each([
    ["done without the new object", jsonAnswer({ done: true }), "unexpected"],
    ["an object that makes no sense", jsonAnswer({ done: true, resource: {} }), "unexpected"],
    ["neither done nor a token", jsonAnswer({ done: false }), "unexpected"],
    ["no JSON", { body: "well done" }, "unexpected"],
    ["an answer that breaks off", { body: '{"done": true', cutAfterBytes: 5 }, "unavailable"],
  ] as const)("does not believe a copy: 200 with %s", async (_, answer, code) => {
    const { store, requests } = await onWire(() => answer);
    const error = await storeErrorOf(store.copy(source, target));
    expect({ ...error }).toMatchObject({ code, undecided: true, bucket: "away", key: "t" });
    expect(requests).toHaveLength(1);
  });

  it("can be repeated after a token that has expired", async () => {
    const { store } = await onWire(() => googleError(410, "gone"));
    const error = await storeErrorOf(store.copy(source, target));
    expect({ ...error }).toMatchObject({ code: "unavailable", retryable: true, undecided: false });
  });

  it("looks for the source to find out whether the source or a bucket is missing", async () => {
    const { store } = await onTestServer();
    expect(await store.copy(source, target)).toEqual({ outcome: "source-gone" });
    await store.put(source, new Uint8Array(1));
    const error = await storeErrorOf(store.copy(source, { bucket: "nowhere", key: "t" }));
    const expected = { code: "no-such-bucket", bucket: "nowhere", undecided: false };
    expect({ ...error }).toMatchObject(expected);
  });
});
