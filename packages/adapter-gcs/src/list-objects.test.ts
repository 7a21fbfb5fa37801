import { outcomeOf, storeErrorOf } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { jsonAnswer, onWire, RESOURCE } from "./testing/on-wire.js";

const item = (name: string) => ({ ...RESOURCE, name });
const keysOf = (page: { readonly objects: readonly { readonly key: string }[] }) =>
  page.objects.map(({ key }) => key);
const FIELDS = "fields=kind%2Citems(name%2Csize%2CtimeCreated)%2CnextPageToken";

describe("list()", () => {
  it("asks for one more, because Google's start is inclusive, and leaves that out", async () => {
    const items = ["a b", "a b!", "a bb", "a bc"].map(item);
    const { store, asked } = await onWire(() => jsonAnswer({ kind: "storage#objects", items }));
    const page = await store.list({ bucket: "here", prefix: "a b", startAfter: "a b", limit: 3 });
    expect([keysOf(page), page.more]).toEqual([["a b!", "a bb", "a bc"], false]);
    expect(asked()).toEqual([
      `GET /storage/v1/b/here/o?prefix=a%20b&startOffset=a%20b&maxResults=4&${FIELDS}`,
    ]);
  });

  it("keeps to the limit and to Google's limit", async () => {
    const { store, asked } = await onWire(() =>
      jsonAnswer({ kind: "storage#objects", items: ["b", "c"].map(item) }),
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
      { kind: "storage#objects", nextPageToken: "t/1" },
      { kind: "storage#objects", items: [item("a")], nextPageToken: "t/2" },
      { kind: "storage#objects", items: [item("b")], nextPageToken: "t/3" },
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
    const answers = [{ kind: "storage#objects", nextPageToken: "t" }, { kind: "storage#objects" }];
    const { store } = await onWire((_, index) => jsonAnswer(answers[index]));
    expect(await store.list({ bucket: "here" })).toEqual({ objects: [], more: false });
  });

  it.each([
    ["no JSON", { body: "[]" }],
    ["an object without a name", jsonAnswer({ kind: "storage#objects", items: [{ size: "1" }] })],
    [
      "an object without a time",
      jsonAnswer({ kind: "storage#objects", items: [{ name: "k", size: "1" }] }),
    ],
  ])("refuses an answer that makes no sense: %s", async (_, answer) => {
    const { store } = await onWire(() => answer);
    expect((await storeErrorOf(store.list({ bucket: "here" }))).code).toBe("unexpected");
  });

  it("refuses half a character, which would begin somewhere else", async () => {
    const { store, requests } = await onWire(() => jsonAnswer({}));
    const call = store.list({ bucket: "here", startAfter: "a\ud83d" });
    expect({ ...(await storeErrorOf(call)) }).toMatchObject({ code: "invalid-key" });
    expect(requests).toHaveLength(0);
  });

  it.each([
    ["another object", { kind: "storage#object", name: "k" }],
    ["objects that are no list", { kind: "storage#objects", items: "none" }],
    ["another kind", { kind: "storage#buckets", items: [] }],
    ["nothing", {}],
  ])("takes %s for no list", async (_, json) => {
    const { store } = await onWire(() => ({ body: JSON.stringify(json) }));
    expect(await outcomeOf(store.list({ bucket: "here" }))).toBe("unexpected");
  });

  it.each([
    ["from the start again", { startAfter: "p/b" }, "p/a"],
    ["outside the prefix", { prefix: "p/" }, "o/x"],
  ])("fails a list that begins %s", async (_, page, name) => {
    const items = [{ name, size: "1", timeCreated: "2026-11-24T08:00:00.000Z" }];
    const { store } = await onWire(() => ({
      body: JSON.stringify({ kind: "storage#objects", items }),
    }));
    expect(await outcomeOf(store.list({ bucket: "here", ...page }))).toBe("unexpected");
  });
});
