import { execFileSync } from "node:child_process";
import { mkdir, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  allKeys,
  bytes,
  filesIn,
  leftovers,
  temporaryFolder,
  temporaryStore,
  textAt,
} from "../fixtures/temporary-store.js";
import { fsStore } from "./fs-store.js";

const ref = (key: string, bucket = "in") => ({ bucket, key });

describe("a key that is also a folder of other keys", () => {
  it.each([
    [["a", "a/b", "a/b/c", "a/"]],
    [["a/b/c", "a/b", "a/", "a"]],
    [["a/b", "a", "a//", "a/b/"]],
  ])("is kept in any order of the puts: %j", async (keys) => {
    const { store } = await temporaryStore();
    for (const key of keys) await store.put(ref(key), bytes(key), { metadata: { key } });
    for (const key of keys) {
      expect(await textAt(store, ref(key))).toBe(key);
      expect((await store.head(ref(key)))?.metadata).toEqual({ key });
      const condition = { if: "absent" } as const;
      expect(await store.put(ref(key), bytes("x"), { condition })).toEqual({ outcome: "exists" });
    }
    expect(await allKeys(store, "in")).toEqual(keys.toSorted());
    for (const key of keys) await store.move(ref(key), ref(key, "out"));
    expect(await allKeys(store, "in")).toEqual([]);
    for (const key of keys) expect(await textAt(store, ref(key, "out"))).toBe(key);
  });

  it("stays one object when its folder is gone", async () => {
    const { folder, store } = await temporaryStore();
    await store.put(ref("a"), bytes("1"));
    await store.put(ref("a/b"), bytes("2"));
    await store.delete("in", ["a/b"]);
    expect(await readdir(join(folder, "in"))).toEqual(["a%file"]);
    const condition = { if: "absent" } as const;
    expect(await store.put(ref("a"), bytes("x"), { condition })).toEqual({ outcome: "exists" });
    await store.put(ref("a"), bytes("3"));
    expect(await textAt(store, ref("a"))).toBe("3");
    expect(await allKeys(store, "in")).toEqual(["a"]);
    await store.delete("in", ["a"]);
    expect(await readdir(join(folder, "in"))).toEqual([]);
  });

  it("is deleted with a file that a user has put next to it", async () => {
    const { folder, store } = await temporaryStore();
    await store.put(ref("a"), bytes("1"));
    await writeFile(join(folder, "in/a%file"), "by hand");
    expect(await store.delete("in", ["a"])).toEqual([{ outcome: "gone" }]);
    expect(await store.head(ref("a"))).toBeUndefined();
    expect(await readdir(join(folder, "in"))).toEqual([]);
  });

  it("is kept while both are put and deleted in parallel", async () => {
    const { folder, store } = await temporaryStore();
    const comeAndGo = async (key: string) => {
      for (let i = 0; i < 30; i++) {
        await store.put(ref(key), bytes(`${key} ${i}`));
        expect(await textAt(store, ref(key))).toBe(`${key} ${i}`);
        expect(await store.delete("in", [key])).toEqual([{ outcome: "gone" }]);
        expect(await store.head(ref(key))).toBeUndefined();
      }
    };
    await Promise.all(["a", "a/b", "a/b/c", "a/d"].map(comeAndGo));
    expect(await readdir(join(folder, "in"))).toEqual([]);
    expect(await leftovers(folder)).toEqual([]);
  });
});

describe("a file that is no object", () => {
  const denied = { code: "denied", undecided: false };

  it("is never replaced by the folder of a key", async () => {
    const { folder, store } = await temporaryStore();
    await writeFile(join(folder, "in/%empty"), "by hand");
    await expect(store.put(ref("/a"), bytes("x"))).rejects.toMatchObject(denied);
    await expect(store.put(ref("/a"), bytes("x"))).rejects.toThrow(
      `${folder}/in/%empty is a file, not a folder`,
    );
    expect(await readdir(join(folder, "in"))).toEqual(["%empty"]);
  });

  it("is named if it is a pipe in the place of a folder", async () => {
    const { folder, store } = await temporaryStore();
    execFileSync("sh", ["-c", 'mkfifo "$0"', join(folder, "in/a")]);
    await expect(store.put(ref("a/b"), bytes("x"))).rejects.toMatchObject(denied);
    await expect(store.put(ref("a/b"), bytes("x"))).rejects.toThrow(
      `${folder}/in/a is neither a file nor a folder`,
    );
    expect(await readdir(join(folder, "in"))).toEqual(["a"]);
  });
});

describe("folders", () => {
  it("vanish with their last object; the bucket stays", async () => {
    const { folder, store } = await temporaryStore();
    await store.put(ref("a/b/c/1"), bytes("1"));
    await store.put(ref("a/2"), bytes("2"));
    await store.delete("in", ["a/b/c/1"]);
    expect(await readdir(join(folder, "in/a"))).toEqual(["2"]);
    await store.move(ref("a/2"), ref("x", "out"));
    expect(await readdir(join(folder, "in"))).toEqual([]);
    expect(await readdir(join(folder, ".keywhen/meta"))).toEqual(["out"]);
  });

  it("are not made by a put that its condition forbids", async () => {
    const { folder, store } = await temporaryStore();
    const condition = { if: "version", version: "none" } as const;
    expect(await store.put(ref("a/b"), bytes("x"), { condition })).toEqual({ outcome: "changed" });
    expect(await readdir(join(folder, "in"))).toEqual([]);
  });
});

describe("a symbolic link", () => {
  async function withLinks() {
    const outside = await temporaryFolder();
    await writeFile(join(outside, "secret"), "secret");
    const opened = await temporaryStore();
    await symlink(outside, join(opened.folder, "linked"));
    await symlink(outside, join(opened.folder, "in/folder"));
    await symlink(join(outside, "secret"), join(opened.folder, "in/file"));
    await opened.store.put(ref("a", "out"), bytes("body"));
    return { ...opened, outside };
  }

  it.each([
    ["bucket", "linked", "secret"],
    ["folder", "in", "folder/secret"],
  ])("in place of a %s is never followed", async (_, bucket, key) => {
    const { store, outside } = await withLinks();
    const target = { bucket, key };
    const denied = { code: "denied", undecided: false };
    await expect(store.put(target, bytes("x"))).rejects.toMatchObject(denied);
    await expect(store.put({ bucket, key: `${key}/new` }, bytes("x"))).rejects.toMatchObject(
      denied,
    );
    await expect(
      store.put(target, bytes("x"), { condition: { if: "absent" } }),
    ).rejects.toMatchObject(denied);
    await expect(store.head(target)).rejects.toMatchObject(denied);
    await expect(store.get(target)).rejects.toMatchObject(denied);
    await expect(store.copy(ref("a", "out"), target)).rejects.toMatchObject(denied);
    await expect(store.copy(target, ref("b", "out"))).rejects.toMatchObject(denied);
    await expect(store.move(ref("a", "out"), target)).rejects.toMatchObject(denied);
    await expect(store.move(target, ref("b", "out"))).rejects.toMatchObject(denied);
    const prefix = key.slice(0, key.lastIndexOf("/") + 1);
    await expect(store.list({ bucket, prefix })).rejects.toMatchObject(denied);
    const deleted = await store.delete(bucket, [key]).catch((error: unknown) => [{ error }]);
    expect(deleted).toMatchObject([{ error: denied }]);
    expect(await filesIn(outside)).toEqual(["secret"]);
    expect(await allKeys(store, "out")).toEqual(["a"]);
  });

  it("in place of an object is not an object, and a put replaces the link", async () => {
    const { store, outside } = await withLinks();
    expect(await store.head(ref("file"))).toBeUndefined();
    expect(await store.get(ref("file"))).toBeUndefined();
    expect(await store.copy(ref("file"), ref("b"))).toEqual({ outcome: "source-gone" });
    expect(await store.move(ref("file"), ref("b"))).toEqual({ outcome: "source-gone" });
    await store.put(ref("file"), bytes("mine"));
    expect(await textAt(store, ref("file"))).toBe("mine");
    expect(
      await textAt(fsStore({ folder: join(outside, "..") }), {
        bucket: outside.slice(outside.lastIndexOf("/") + 1),
        key: "secret",
      }),
    ).toBe("secret");
  });

  it("in place of the store's own folder is refused", async () => {
    const { folder, store } = await temporaryStore();
    const outside = await temporaryFolder();
    await symlink(outside, join(folder, ".keywhen"));
    await expect(store.put(ref("a"), bytes("x"))).rejects.toMatchObject({ code: "denied" });
    expect(await allKeys(store, "in")).toEqual([]);
    expect(await readdir(outside)).toEqual([]);
  });

  it.each([".keywhen/meta", ".keywhen/meta/in", ".keywhen/meta/in/a"])(
    "in place of %s is refused: no sidecar is written or read through it",
    async (path) => {
      const { folder, store } = await temporaryStore();
      const outside = await temporaryFolder();
      await store.put(ref("other", "out"), bytes("x"));
      await rm(join(folder, path), { recursive: true, force: true });
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await symlink(outside, join(folder, path));
      const denied = { code: "denied", undecided: false };
      await expect(store.put(ref("a/b"), bytes("x"))).rejects.toMatchObject(denied);
      const copying = store.copy(ref("other", "out"), ref("a/b"));
      await expect(copying).rejects.toMatchObject(denied);
      const moving = store.move(ref("other", "out"), ref("a/b"), { metadata: {} });
      await expect(moving).rejects.toMatchObject(denied);
      expect(await filesIn(outside)).toEqual([]);
      expect(await allKeys(store, "in")).toEqual([]);
      expect(await allKeys(store, "out")).toEqual(["other"]);
    },
  );

  it("to the whole folder is as good as the folder", async () => {
    const { folder, store } = await temporaryStore();
    const link = join(await temporaryFolder(), "link");
    await symlink(folder, link);
    await fsStore({ folder: link }).put(ref("a"), bytes("body"));
    expect(await textAt(store, ref("a"))).toBe("body");
  });

  it("or a pipe never makes a reader wait", async () => {
    const { folder, store } = await temporaryStore();
    await mkdir(join(folder, "in/folder"));
    execFileSync("sh", ["-c", 'mkfifo "$0"', join(folder, "in/pipe")]);
    expect(await store.get(ref("pipe"))).toBeUndefined();
    expect(await store.get(ref("folder"))).toBeUndefined();
  });
});
