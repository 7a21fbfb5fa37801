import { describe, expect, it } from "vitest";
import { memoryStore } from "./memory-store.js";

const CHRISTMAS = Date.UTC(2026, 11, 24);
const body = new Uint8Array([1, 2, 3]);

describe("memoryStore()", () => {
  it("has every bucket unless some are named", async () => {
    const open = memoryStore({ clock: Date });
    await expect(open.list({ bucket: "any" })).resolves.toEqual({ objects: [], more: false });
    const closed = memoryStore({ clock: Date, buckets: ["one"] });
    await expect(closed.list({ bucket: "one" })).resolves.toEqual({ objects: [], more: false });
    await expect(closed.list({ bucket: "any" })).rejects.toMatchObject({ code: "no-such-bucket" });
  });

  it("stamps objects by the clock that it is given", async () => {
    const store = memoryStore({ clock: { now: () => CHRISTMAS } });
    await store.put({ bucket: "b", key: "k" }, body);
    const info = await store.head({ bucket: "b", key: "k" });
    expect(info?.lastModified).toEqual(new Date(CHRISTMAS));
  });

  it("lists in the order of UTF-8, not of UTF-16", async () => {
    const store = memoryStore({ clock: Date });
    for (const key of ["\u{1f600}", "\u{ffff}", "z"]) await store.put({ bucket: "b", key }, body);
    const { objects } = await store.list({ bucket: "b" });
    expect(objects.map(({ key }) => key)).toEqual(["z", "\u{ffff}", "\u{1f600}"]);
  });

  it("keeps bytes of its own even of a Buffer, whose slices share memory", async () => {
    const store = memoryStore({ clock: Date });
    const buffer = Buffer.from("body");
    await store.put({ bucket: "b", key: "k" }, buffer);
    buffer.fill(0);
    const opened = await store.get({ bucket: "b", key: "k" });
    expect(await new Response(opened?.body).text()).toBe("body");
  });

  it("refuses a key with half a character, which would come back as another", async () => {
    const store = memoryStore({ clock: Date });
    const put = store.put({ bucket: "b", key: "half \ud83d" }, body);
    await expect(put).rejects.toMatchObject({ code: "invalid-key", undecided: false });
  });

  it("answers `changed` to a put under the version of an object that is gone", async () => {
    const store = memoryStore({ clock: Date });
    const put = store.put({ bucket: "b", key: "k" }, body, {
      condition: { if: "version", version: "1" },
    });
    await expect(put).resolves.toEqual({ outcome: "changed" });
  });

  it("refuses what it is told to be unable to do", async () => {
    const capabilities = { putIfAbsent: false, putIfVersion: false, deleteBatchSize: 2 };
    const store = memoryStore({ clock: Date, capabilities });
    const ref = { bucket: "b", key: "k" };
    for (const condition of [{ if: "absent" }, { if: "version", version: "1" }] as const) {
      await expect(store.put(ref, body, { condition })).rejects.toMatchObject({
        code: "not-supported",
        message: `put b/k: a put if ${condition.if} is switched off`,
      });
    }
    await expect(store.delete("b", ["1", "2", "3"])).rejects.toMatchObject({
      code: "not-supported",
      message: "delete b: 3 keys at once; the limit is 2",
    });
    await expect(store.delete("b", ["1", "2"])).resolves.toHaveLength(2);
  });

  it("moves an object onto itself without losing it", async () => {
    const store = memoryStore({ clock: Date, move: true });
    const ref = { bucket: "b", key: "k" };
    await store.put(ref, body);
    await expect(store.move?.(ref, ref)).resolves.toEqual({ outcome: "copied" });
    expect((await store.head(ref))?.size).toBe(3);
  });
});

describe("memoryStore() without a clock", () => {
  it("uses this machine's, with and without options", async () => {
    for (const store of [memoryStore(), memoryStore({})]) {
      const beforeMs = Date.now();
      await store.put({ bucket: "b", key: "k" }, body);
      const info = await store.head({ bucket: "b", key: "k" });
      expect(info?.lastModified.getTime()).toBeGreaterThanOrEqual(beforeMs);
      expect(info?.lastModified.getTime()).toBeLessThanOrEqual(Date.now());
    }
  });

  it("refuses an option that it doesn't know", () => {
    expect(() => memoryStore({ bucket: ["a"] } as never)).toThrow('Did you mean "buckets"?');
  });
});
