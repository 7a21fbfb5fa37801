import { outcomeOf, storeErrorOf } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { jsonAnswer, onWire, RESOURCE } from "./testing/on-wire.js";

const LIST = { kind: "storage#objects" };
const item = (name: string) => ({ ...RESOURCE, name });
const keysOf = (page: { readonly objects: readonly { readonly key: string }[] }) =>
  page.objects.map(({ key }) => key);
const FIELDS = "fields=kind%2Citems(name%2Csize%2CtimeCreated)%2CnextPageToken";

describe("list()", () => {
  it("asks for one more, because Google's start is inclusive, and leaves that out", async () => {
    const items = ["a b", "a b!", "a bb", "a bc"].map(item);
    const { store, asked } = await onWire(() => jsonAnswer({ ...LIST, items }));
    const page = await store.list({ bucket: "here", prefix: "a b", startAfter: "a b", limit: 3 });
    expect([keysOf(page), page.more]).toEqual([["a b!", "a bb", "a bc"], false]);
    expect(asked()).toEqual([
      `GET /storage/v1/b/here/o?prefix=a%20b&startOffset=a%20b&maxResults=4&${FIELDS}`,
    ]);
  });

  it("keeps to the limit and to Google's limit", async () => {
    const { store, asked } = await onWire(() =>
      jsonAnswer({ ...LIST, items: ["b", "c"].map(item) }),
    );
    const page = await store.list({ bucket: "here", startAfter: "a", limit: 1 });
    expect([keysOf(page), page.more]).toEqual([["b"], true]);
    await store.list({ bucket: "here", startAfter: "a", limit: 5_000 });
    await store.list({ bucket: "here" });
    expect(asked()[0]).toContain("maxResults=2&");
    expect(asked()[1]).toContain("maxResults=1000&");
    expect(asked()[2]).toBe(`GET /storage/v1/b/here/o?maxResults=1000&${FIELDS}`);
  });

  it("asks for the next page while a page is empty or has only the start", async () => {
    const answers = [
      { ...LIST, nextPageToken: "t/1" },
      { ...LIST, items: [item("a")], nextPageToken: "t/2" },
      { ...LIST, items: [item("b")], nextPageToken: "t/3" },
    ];
    const { store, asked } = await onWire((_, index) => jsonAnswer(answers[index]));
    const page = await store.list({ bucket: "here", startAfter: "a" });
    expect([keysOf(page), page.more]).toEqual([["b"], true]);
    expect(asked().map((url) => /pageToken=([^&]*)/.exec(url)?.[1])).toEqual([
      undefined,
      "t%2F1",
      "t%2F2",
    ]);
  });

  it("ends when the last page is empty", async () => {
    const answers = [{ ...LIST, nextPageToken: "t" }, LIST];
    const { store } = await onWire((_, index) => jsonAnswer(answers[index]));
    expect(await store.list({ bucket: "here" })).toEqual({ objects: [], more: false });
  });

  it("refuses half a character, which would begin somewhere else", async () => {
    const { store, requests } = await onWire(() => jsonAnswer({}));
    const call = store.list({ bucket: "here", startAfter: "a\ud83d" });
    expect({ ...(await storeErrorOf(call)) }).toMatchObject({ code: "invalid-key" });
    expect(requests).toHaveLength(0);
  });

  it.each<[string, object, object?]>([
    ["no object", []],
    ["nothing", {}],
    ["another object", { kind: "storage#object", name: "k" }],
    ["another kind", { kind: "storage#buckets", items: [] }],
    ["objects that are no list", { ...LIST, items: "none" }],
    ["an object without a name", { ...LIST, items: [{ size: "1" }] }],
    ["an object without a time", { ...LIST, items: [{ name: "k", size: "1" }] }],
    ["the start again", { ...LIST, items: [item("p/a")] }, { startAfter: "p/b" }],
    ["a key outside the prefix", { ...LIST, items: [item("o/x")] }, { prefix: "p/" }],
  ])("does not believe a list with %s", async (_, json, page = {}) => {
    const { store } = await onWire(() => jsonAnswer(json));
    expect(await outcomeOf(store.list({ bucket: "here", ...page }))).toBe("unexpected");
  });
});
