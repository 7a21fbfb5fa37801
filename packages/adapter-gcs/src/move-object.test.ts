import { storeErrorOf } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { clientOf } from "./testing/client-of.js";
import { googleError, jsonAnswer, onTestServer, onWire, RESOURCE } from "./testing/on-wire.js";

const source = { bucket: "here", key: "a/b" };
const target = { bucket: "here", key: "c/d" };

describe("move()", () => {
  it("is one request", async () => {
    const { store, asked } = await onWire(() => jsonAnswer(RESOURCE));
    expect(await store.move?.(source, target)).toEqual({ outcome: "copied" });
    expect(asked()).toEqual(["POST /storage/v1/b/here/o/a%2Fb/moveTo/o/c%2Fd"]);
  });

  it("writes the source's metadata first, and moves that generation", async () => {
    const { store, server } = await onTestServer();
    const headers = { contentType: "text/x", cacheControl: "no-store" };
    await store.put(source, new Uint8Array(4), { ...headers, metadata: { a: "1", b: "2" } });
    const kinds: string[] = [];
    const onRequest = (kind: string) => kinds.push(kind);
    await store.move?.(source, target, { metadata: { b: "3" }, onRequest });
    const moved = await store.head(target);
    expect(moved).toMatchObject({ ...headers, size: 4 });
    expect(moved?.metadata).toEqual({ b: "3" });
    expect(await store.head(source)).toBeUndefined();
    expect(kinds).toEqual(["head", "put", "move"]);
    const [patch, moving] = server.requests.slice(-4, -2).map(({ url }) => url);
    expect(patch).toMatch(/\?ifGenerationMatch=\d+$/);
    expect(moving).toMatch(/\?ifSourceGenerationMatch=\d+$/);
  });

  it.each([1, 2])("reports a source that is deleted after %s requests as gone", async (last) => {
    const { store } = await onWire((_, index) =>
      index < last ? jsonAnswer(RESOURCE) : googleError(404, "notFound"),
    );
    const moved = await store.move?.(source, target, { metadata: {} });
    expect(moved).toEqual({ outcome: "source-gone" });
  });

  it("does not believe an answer that describes no object", async () => {
    const { store } = await onWire(() => ({ body: "well done" }));
    const error = await storeErrorOf(Promise.resolve(store.move?.(source, target)));
    expect({ ...error }).toMatchObject({ code: "unexpected", operation: "move", undecided: true });
  });

  it("sends the same request as the client's own atomic move", async () => {
    const { store, server } = await onTestServer();
    await store.put(source, new Uint8Array(4), { metadata: { a: "1" } });
    await clientOf(server).bucket("here").file("a/b").moveFileAtomic("c/d");
    await store.move?.(target, source);
    expect((await store.head(source))?.metadata).toEqual({ a: "1" });
    const [ours, theirs] = server.requests.filter(({ url }) => url.includes("moveTo")).reverse();
    expect(theirs?.url.replace(/\?$/, "")).toBe("/storage/v1/b/here/o/a%2Fb/moveTo/o/c%2Fd");
    expect(ours?.url).toBe("/storage/v1/b/here/o/c%2Fd/moveTo/o/a%2Fb");
  });
});
