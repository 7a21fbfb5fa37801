import { appendFile, copyFile, link, lstat, rename, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  allKeys,
  bytes,
  filesIn,
  placeIn,
  temporaryStore,
  textAt,
} from "../fixtures/temporary-store.js";
import { sidecarPath, stampOf } from "./sidecar.js";

const A = { bucket: "in", key: "a" };
const B = { bucket: "in", key: "b" };
const NO_HEADERS = {
  contentType: undefined,
  contentEncoding: undefined,
  cacheControl: undefined,
  metadata: {},
};

describe("an object's file", () => {
  it("is plain, with exactly the body, at the path that the key says", async () => {
    const { folder, store } = await temporaryStore();
    const ref = { bucket: "out", key: "reports/2026/a.pdf" };
    await store.put(ref, bytes("body"), { contentType: "application/pdf" });
    expect(await filesIn(join(folder, "out"))).toEqual(["reports/2026/a.pdf"]);
    await copyFile(join(folder, "out/reports/2026/a.pdf"), join(folder, "in/a"));
    expect(await textAt(store, A)).toBe("body");
  });

  it("is read and copied with any end of its name", async () => {
    const { store } = await temporaryStore();
    const ref = { bucket: "in", key: "report (deleted)" };
    await store.put(ref, bytes("body"), { contentType: "text/plain" });
    expect(await textAt(store, ref)).toBe("body");
    expect(await store.copy(ref, B)).toEqual({ outcome: "copied" });
    expect(await store.head(B)).toMatchObject({ contentType: "text/plain" });
  });

  it("has no headers if it was put there by hand", async () => {
    const { folder, store } = await temporaryStore();
    await writeFile(join(folder, "in/a"), "body");
    const head = await store.head(A);
    expect(head).toMatchObject({ size: 4, ...NO_HEADERS });
    expect(head?.version).toBeTruthy();
  });

  it("loses its headers and its version with a change by hand", async () => {
    const { folder, store } = await temporaryStore();
    const put = await store.put(A, bytes("body"), { contentType: "text/plain" });
    await appendFile(join(folder, "in/a"), " and more");
    expect(await store.head(A)).toMatchObject({ size: 13, ...NO_HEADERS });
    expect(await textAt(store, A)).toBe("body and more");
    const version = put.outcome === "written" ? put.version : "";
    const again = await store.put(A, bytes("x"), { condition: { if: "version", version } });
    expect(again).toEqual({ outcome: "changed" });
  });

  it("can be replaced under its version, by hand or not", async () => {
    const { folder, store } = await temporaryStore();
    await writeFile(join(folder, "in/a"), "body");
    const version = (await store.head(A))?.version ?? "";
    const condition = { if: "version", version } as const;
    expect(await store.put(A, bytes("new"), { condition })).toMatchObject({ outcome: "written" });
    expect(await store.put(A, bytes("newer"), { condition })).toEqual({ outcome: "changed" });
    expect(await textAt(store, A)).toBe("new");
  });

  it("leaves no sidecar when it is replaced, moved or deleted", async () => {
    const { folder, store } = await temporaryStore();
    for (let i = 0; i < 3; i++) await store.put(A, bytes(`body ${i}`), { contentType: "a/b" });
    await store.put(B, bytes("other"));
    await store.move(A, B);
    expect((await filesIn(join(folder, ".keywhen/meta"))).length).toBe(1);
    await store.delete("in", ["b"]);
    expect(await filesIn(join(folder, ".keywhen/meta"))).toEqual([]);
  });

  it("is never seen with another body's headers, while it is replaced, deleted and moved", async () => {
    const { store } = await temporaryStore();
    let isWriting = true;
    const write = async () => {
      for (let i = 0; i < 80; i++) {
        // Of one length, often of one instant.
        await store.put(A, bytes(`${100 + i}`), { metadata: { body: `${100 + i}` } });
        if (i % 5 === 0) await store.delete("in", ["a"]);
        if (i % 7 === 0) await store.move(A, B);
        if (i % 11 === 0) await store.copy(A, B);
      }
      isWriting = false;
    };
    const read = async () => {
      let count = 0;
      for (; isWriting; count++) {
        const opened = await store.get(count % 3 === 0 ? B : A);
        if (opened === undefined) continue;
        const body = await new Response(opened.body).text();
        expect(opened.metadata).toEqual({ body });
      }
      return count;
    };
    const [, count] = await Promise.all([write(), read()]);
    expect(count).toBeGreaterThan(20);
  });

  it("keeps its headers although another of its length and instant had the key", async () => {
    const { folder, store, opened } = await temporaryStore();
    const same = async (ref: typeof A) => {
      const place = await placeIn(opened, ref);
      const before = stampOf(await lstat(place.plain, { bigint: true }));
      await utimes(place.plain, 1_800_000_000, 1_800_000_000);
      const after = stampOf(await lstat(place.plain, { bigint: true }));
      await rename(sidecarPath(place, before), sidecarPath(place, after));
    };
    await store.put(A, bytes("1"), { metadata: { body: "1" } });
    await store.put(B, bytes("2"), { metadata: { body: "2" } });
    await same(A);
    await same(B);
    await store.move(A, B);
    expect((await store.head(B))?.metadata).toEqual({ body: "1" });
    expect(await textAt(store, B)).toBe("1");
    expect((await filesIn(join(folder, ".keywhen/meta"))).length).toBe(1);
  });

  it("takes a body of the same instant as one that left its sidecar in a crash", async () => {
    const { folder, store, opened } = await temporaryStore();
    await store.put(A, bytes("1"), { metadata: { body: "1" } });
    const [sidecar = ""] = await filesIn(join(folder, ".keywhen/meta"));
    const place = await placeIn(opened, B);
    const { mtimeNs, size } = await lstat(join(folder, "in/a"), { bigint: true });
    await copyFile(
      join(folder, ".keywhen/meta", sidecar),
      sidecarPath(place, stampOf({ mtimeNs, size })),
    );
    await store.move(A, B, { metadata: { body: "moved" } });
    expect((await store.head(B))?.metadata).toEqual({ body: "moved" });
  });

  it.each([
    ["with its own metadata", undefined],
    ["with other metadata", { body: "moved" }],
  ])(
    "that was put together with others is moved %s where a crash left its sidecar",
    async (_, metadata) => {
      const { folder, store, opened } = await temporaryStore();
      const put = (key: string) =>
        store.put({ bucket: "in", key }, bytes(key), { metadata: { body: key } });
      await Promise.all(["a", "other"].map(put));
      const [from, to] = [await placeIn(opened, A), await placeIn(opened, B)];
      const stamp = stampOf(await lstat(join(folder, "in/a"), { bigint: true }));
      await link(sidecarPath(from, stamp), sidecarPath(to, stamp)); // killed before the rename
      await store.move(A, B, { metadata });
      expect((await store.head(B))?.metadata).toEqual(metadata ?? { body: "a" });
      expect((await store.head({ bucket: "in", key: "other" }))?.metadata).toEqual({
        body: "other",
      });
      expect(await textAt(store, B)).toBe("a");
    },
  );

  it("has only the texts of a sidecar that was edited by hand", async () => {
    const { folder, store } = await temporaryStore();
    await store.put(A, bytes("1"));
    const [sidecar = ""] = await filesIn(join(folder, ".keywhen/meta"));
    const edited = { version: "1", contentType: 7, metadata: { number: 7, text: "7" } };
    await writeFile(join(folder, ".keywhen/meta", sidecar), JSON.stringify(edited));
    expect(await store.head(A)).toMatchObject({
      version: "1",
      contentType: undefined,
      metadata: { text: "7" },
    });
  });

  it("is refused with a damaged sidecar, which can be deleted", async () => {
    const { folder, store } = await temporaryStore();
    await store.put(A, bytes("1"), { contentType: "a/b" });
    const [sidecar = ""] = await filesIn(join(folder, ".keywhen/meta"));
    const path = join(folder, ".keywhen/meta", sidecar);
    await writeFile(path, "");
    await expect(store.head(A)).rejects.toMatchObject({ code: "unexpected", undecided: false });
    await expect(store.head(A)).rejects.toThrow(path);
    await rm(path);
    expect(await store.head(A)).toMatchObject(NO_HEADERS);
    expect(await allKeys(store, "in")).toEqual(["a"]);
  });
});
