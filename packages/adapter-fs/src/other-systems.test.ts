import { afterEach, describe, expect, it } from "vitest";
import { bytes, temporaryStore, textAt } from "../fixtures/temporary-store.js";
import { fsStore } from "./fs-store.js";

const platform = process.platform;
afterEach(() => void Object.defineProperty(process, "platform", { value: platform }));

/** Only Linux reports the path of an open folder: other systems use a path unchanged after the check. */
describe.each(["darwin", "freebsd"])("on %s", (name) => {
  it("puts, copies, moves, reads and deletes objects", async () => {
    const { folder } = await temporaryStore();
    Object.defineProperty(process, "platform", { value: name });
    const store = fsStore({ folder, createBuckets: true });
    const at = (key: string) => ({ bucket: "out", key });
    const body = "x".repeat(300_000);
    await store.put(at("a/b"), bytes(body), { contentType: "text/plain" });
    expect(await store.copy(at("a/b"), at("c/d"))).toEqual({ outcome: "copied" });
    expect(await store.copy(at("a/b"), at("c/d"))).toEqual({ outcome: "copied" });
    expect(await store.move?.(at("a/b"), at("e"))).toEqual({ outcome: "copied" });
    expect(await textAt(store, at("c/d"))).toBe(body);
    expect(await store.head(at("e"))).toMatchObject({ size: 300_000, contentType: "text/plain" });
    expect(await store.head(at("a/b"))).toBeUndefined();
    expect(await store.delete("out", ["c/d", "e", "gone"])).toHaveLength(3);
    expect(await store.list({ bucket: "out" })).toMatchObject({ objects: [], more: false });
  });
});
