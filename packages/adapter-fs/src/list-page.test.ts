import { Buffer } from "node:buffer";
import { cp, mkdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  allKeys,
  bytes,
  type TemporaryStore,
  temporaryStore,
} from "../fixtures/temporary-store.js";
import { byteOrder, FolderNames } from "./folder-names.js";
import { storeOn } from "./fs-store.js";
import { keyProblem } from "./place.js";
import { blockingCalls } from "./system-calls.js";

const letters = ["/", "/", "a", "b", "!", "%", "|", "\uffff", "\u{1f4c5}", "x".repeat(199)];
const text = (maxLength: number) => fc.string({ unit: fc.constantFrom(...letters), maxLength });
const someKeys = fc.uniqueArray(
  text(7).filter((key) => keyProblem(key) === undefined),
  { minLength: 1, maxLength: 12 },
);
/** Where a page begins and what it is limited to: taken from one of the keys, or not quite. */
const begin = fc.record({ pick: fc.nat(), length: fc.nat(8), rest: text(1) });
type Begin = typeof begin extends fc.Arbitrary<infer T> ? T : never;
const pages = fc.array(
  fc.record({ prefix: begin, after: begin, limit: fc.integer({ min: 1, max: 4 }) }),
  {
    minLength: 8,
    maxLength: 8,
  },
);

function beginOf(keys: readonly string[], { pick, length, rest }: Begin): string {
  return [...(keys[pick % keys.length] ?? "")].slice(0, length).join("") + rest;
}

const texts = fc.string({
  unit: fc.oneof(
    fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
    fc.constantFrom("a", "\ud7ff", "\ue000", "\uffff", "\u{10000}", "\u{10ffff}"),
  ),
  maxLength: 4,
});

const inByteOrder = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

async function fill({ store }: TemporaryStore, keys: readonly string[]): Promise<void> {
  await Promise.all(keys.map((key) => store.put({ bucket: "in", key }, bytes(key))));
}

describe("list()", () => {
  it.each([
    ["whole folders", 100_000],
    ["two names of a folder at a time", 2],
  ])("gives the same as a sorted array for any keys, from %s", async (_, mostOfFolder) => {
    const temporary = await temporaryStore();
    const names = new FolderNames(blockingCalls, { isLocal: true, mostOfFolder });
    const opened = { ...temporary, store: storeOn({ ...temporary.opened, names }) };
    const prove = async (
      keys: readonly string[],
      page: { prefix: string; startAfter: string; limit: number },
    ) => {
      const { objects, more } = await opened.store.list({ bucket: "in", ...page });
      const expected = keys
        .filter((key) => key.startsWith(page.prefix) && inByteOrder(key, page.startAfter) > 0)
        .sort(inByteOrder);
      expect(objects.map(({ key }) => key)).toEqual(expected.slice(0, page.limit));
      expect(more).toBe(expected.length > page.limit);
    };
    await fc.assert(
      fc.asyncProperty(someKeys, pages, async (keys, some) => {
        await fill(opened, keys);
        try {
          await prove(keys, { prefix: "", startAfter: "", limit: 1000 });
          for (const { prefix, after, limit } of some) {
            const startAfter = beginOf(keys, after);
            await prove(keys, { prefix: "", startAfter, limit });
            await prove(keys, { prefix: beginOf(keys, prefix), startAfter, limit });
          }
        } finally {
          await opened.store.delete("in", keys);
        }
        expect(await allKeys(opened.store, "in")).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it("lists files that were put there by hand, and folders copied there", async () => {
    const { folder, store } = await temporaryStore();
    await mkdir(join(folder, "in/reports/2026"), { recursive: true });
    await writeFile(join(folder, "in/reports/2026/a.pdf"), "body");
    await cp(join(folder, "in/reports"), join(folder, "in/copy"), { recursive: true });
    expect(await store.list({ bucket: "in" })).toMatchObject({
      objects: [
        { key: "copy/2026/a.pdf", size: 4 },
        { key: "reports/2026/a.pdf", size: 4 },
      ],
      more: false,
    });
  });

  it("passes over what is no object: links, empty folders, names that no key gives", async () => {
    const { folder, store } = await temporaryStore();
    await mkdir(join(folder, "in/empty/folder"), { recursive: true });
    await symlink("/etc", join(folder, "in/link"));
    await symlink("/etc/passwd", join(folder, "in/passwd"));
    for (const name of ["a%2a", "100%", "a*b", "%tmp", "nul"]) {
      await writeFile(join(folder, "in", name), "");
    }
    await mkdir(join(folder, "in/a%more"));
    await writeFile(join(folder, "in/a%more/b"), "");
    await store.put({ bucket: "in", key: "z" }, bytes("body"));
    const page = await store.list({ bucket: "in", limit: 1 });
    expect(page.objects.map(({ key }) => key)).toEqual(["z"]);
  });

  it("passes over files whose path no key can have, because it is too long", async () => {
    const { folder, store } = await temporaryStore();
    const deep = join(folder, "in", ...Array.from({ length: 6 }, () => "x".repeat(190)));
    await mkdir(deep, { recursive: true });
    await writeFile(join(deep, "a"), "");
    await store.put({ bucket: "in", key: "z" }, bytes("body"));
    expect(await allKeys(store, "in")).toEqual(["z"]);
    const prefix = `${"x/".repeat(600)}`;
    expect(await store.list({ bucket: "in", prefix })).toEqual({ objects: [], more: false });
  });

  it("skips what is deleted while it lists, and says no more than there is", async () => {
    const opened = await temporaryStore();
    const keys = Array.from({ length: 400 }, (_, i) => `k${String(i).padStart(3, "0")}`);
    await fill(opened, keys);
    const deleted = keys.filter((_, i) => i % 2 === 0);
    const deleting = opened.store.delete("in", deleted);
    const seen = new Set<string>();
    let more = true;
    for (let after = ""; more; ) {
      const page = await opened.store.list({ bucket: "in", startAfter: after, limit: 50 });
      for (const { key } of page.objects) seen.add(key);
      after = page.objects.at(-1)?.key ?? after;
      expect(page.objects.length > 0 || !page.more).toBe(true);
      more = page.more;
    }
    await deleting;
    expect(keys.filter((_, i) => i % 2 === 1).every((key) => seen.has(key))).toBe(true);
    expect(await allKeys(opened.store, "in")).toEqual(keys.filter((_, i) => i % 2 === 1));
  });

  it("shows an object once while its file is renamed to make room for a folder", async () => {
    const { folder, store } = await temporaryStore();
    await store.put({ bucket: "in", key: "a" }, bytes("body"));
    await rename(join(folder, "in/a"), join(folder, "in/a%file"));
    expect(await allKeys(store, "in")).toEqual(["a"]);
    await writeFile(join(folder, "in/a"), "by hand");
    expect((await store.list({ bucket: "in" })).objects).toMatchObject([{ key: "a", size: 7 }]);
  });

  it("finds no such bucket where a folder is missing or a file is", async () => {
    const { folder, store } = await temporaryStore();
    await writeFile(join(folder, "file"), "");
    for (const bucket of ["never", "file"]) {
      await expect(store.list({ bucket })).rejects.toMatchObject({ code: "no-such-bucket" });
    }
    await expect(store.list({ bucket: "never" })).rejects.toThrow(
      `there is no folder ${join(folder, "never")}: create it`,
    );
    await rm(folder, { recursive: true });
    await expect(store.list({ bucket: "in" })).rejects.toMatchObject({ code: "no-such-bucket" });
  });
});

describe("byteOrder()", () => {
  it("compares strings as their UTF-8 bytes compare", () => {
    fc.assert(
      fc.property(texts, texts, (a, b) => {
        const [left, right] = [byteOrder(a), byteOrder(b)];
        const order = left < right ? -1 : left > right ? 1 : 0;
        expect(order).toBe(inByteOrder(a, b));
      }),
      { numRuns: 2000 },
    );
  });
});
