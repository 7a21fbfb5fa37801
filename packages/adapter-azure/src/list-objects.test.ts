import { storeErrorOf } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { onWire } from "./testing/on-wire.js";

const HEADERS = { "content-type": "application/xml" };

describe("listObjects()", () => {
  it("starts at the key on a server that can, and leaves that key out", async () => {
    const { store, requests } = await onWire(() => page(["p/2", "p/3", "p/4"], "more"));
    const listed = await store.list({ bucket: "b", prefix: "p/", startAfter: "p/2", limit: 2 });
    expect(listed.objects.map(({ key }) => key)).toEqual(["p/3", "p/4"]);
    expect(listed.more).toBe(true);
    expect(queryOf(requests[0]?.url)).toMatchObject({
      prefix: "p/",
      startFrom: "p/2",
      maxresults: "3",
    });
    expect(requests).toHaveLength(1);
  });

  it("skips what comes before the key on a server that can't, with the largest pages", async () => {
    const pages = [page(["p/1", "p/2"], "1"), page(["p/3", "p/4"], "2"), page(["p/5"])];
    const { store, requests } = await onWire((_, index) => pages[index] ?? "reset");
    const listed = await store.list({ bucket: "b", prefix: "p/", startAfter: "p/4", limit: 2 });
    expect(listed).toMatchObject({ objects: [{ key: "p/5" }], more: false });
    const asked = requests.map(({ url }) => queryOf(url));
    expect(asked.map(({ marker }) => marker)).toEqual([undefined, "1", "2"]);
    expect(asked.map(({ maxresults }) => maxresults)).toEqual(["3", "5000", "5000"]);
  });

  it("goes on past empty pages", async () => {
    const pages = [page([], "1"), page([], "2"), page(["a"], "3"), page(["b"])];
    const { store } = await onWire((_, index) => pages[index] ?? "reset");
    const listed = await store.list({ bucket: "b", limit: 2 });
    expect(listed).toMatchObject({ objects: [{ key: "a" }, { key: "b" }], more: false });
  });

  it("refuses a list that is in no order", async () => {
    const { store } = await onWire(() => page(["a/b", "a-b"]));
    const error = await storeErrorOf(store.list({ bucket: "b" }));
    expect(error.code).toBe("not-supported");
    expect(error.message).toContain("hierarchical namespace");
  });

  it("is empty, in one request, if it starts after all keys with the prefix", async () => {
    const { store, requests } = await onWire(() => page(["p/1"], "more"));
    const listed = await store.list({ bucket: "b", prefix: "p/", startAfter: "q" });
    expect(listed).toEqual({ objects: [], more: false });
    expect(requests).toHaveLength(1);
  });
});

function page(keys: readonly string[], marker = "") {
  const blobs = keys.map(
    (key) =>
      `<Blob><Name>${key}</Name><Properties><Last-Modified>Tue, 24 Nov 2026 10:00:00 GMT</Last-Modified><Content-Length>1</Content-Length></Properties></Blob>`,
  );
  const body = `<?xml version="1.0" encoding="utf-8"?><EnumerationResults ServiceEndpoint="http://x/" ContainerName="b"><Blobs>${blobs.join("")}</Blobs><NextMarker>${marker}</NextMarker></EnumerationResults>`;
  return { headers: HEADERS, body };
}

function queryOf(url = ""): Record<string, string> {
  return Object.fromEntries(new URL(url, "http://x").searchParams);
}
