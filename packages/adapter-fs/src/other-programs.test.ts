import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { LINUX, skipUnless } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { interruptedStore } from "../fixtures/interrupted-store.js";
import { allKeys, bytes, leftovers, textAt } from "../fixtures/temporary-store.js";

const A = { bucket: "in", key: "a" };
const B = { bucket: "out", key: "b" };
const TEMPORARY = /\/work\/\w+\/\d+$/;
const HEADERS = { contentType: "text/plain", metadata: { is: "old" } };

/** Puts another file in the place of one, in one step. */
function replaceFile(path: string): void {
  writeFileSync(`${path}.new`, "by hand");
  renameSync(`${path}.new`, path);
}

function remove(path: string): void {
  rmSync(path, { recursive: true });
}

describe("another program that replaces an object during a call", () => {
  it("has its file copied, without the headers of the object that was found first", async () => {
    const { store, before } = await interruptedStore();
    await store.put(A, bytes("body"), HEADERS);
    before("open", /\/in\/a$/, replaceFile);
    expect(await store.copy(A, B)).toEqual({ outcome: "copied" });
    expect(await textAt(store, B)).toBe("by hand");
    expect(await store.head(B)).toMatchObject({ contentType: undefined, metadata: {} });
  });

  skipUnless(it, LINUX)(
    "has its file copied, if that of the object is copied already",
    async () => {
      const { folder, store, before } = await interruptedStore();
      await store.put(A, bytes("body"), HEADERS);
      before("copyFile", /\/in\/a /, replaceFile);
      expect(await store.copy(A, B)).toEqual({ outcome: "copied" });
      expect(await textAt(store, B)).toBe("by hand");
      expect(await leftovers(folder)).toEqual([]);
    },
  );

  skipUnless(it, LINUX)("may undo that: nothing of its file is copied", async () => {
    const { folder, store, before } = await interruptedStore();
    await store.put(A, bytes("body"), HEADERS);
    const [path, kept] = [`${folder}/in/a`, `${folder}/kept`];
    before("open", /\/in\/a$/, () => {
      renameSync(path, kept);
      writeFileSync(path, "by hand");
    });
    before("copyFile", /\/in\/a /, () => renameSync(kept, path));
    expect(await store.copy(A, B)).toEqual({ outcome: "copied" });
    expect(await textAt(store, B)).toBe("body");
    expect(await store.head(B)).toMatchObject(HEADERS);
  });

  it("has its file read, without the headers of the object that was opened first", async () => {
    const { folder, store, before } = await interruptedStore();
    await store.put(A, bytes("body"), HEADERS);
    before("open", /%meta-/, (sidecar) => {
      remove(sidecar);
      replaceFile(`${folder}/in/a`);
    });
    const found = await store.get(A);
    expect(found?.metadata).toEqual({});
    expect(await new Response(found?.body).text()).toBe("by hand");
  });

  it("has its file described, without the headers of the object that was found first", async () => {
    const { folder, store, before } = await interruptedStore();
    await store.put(A, bytes("body"), HEADERS);
    before("open", /%meta-/, (sidecar) => {
      remove(sidecar);
      replaceFile(`${folder}/in/a`);
    });
    expect(await store.head(A)).toMatchObject({ size: 7, metadata: {} });
  });
});

describe("another program that deletes what a call works with", () => {
  it("takes the source of a copy away: it is gone", async () => {
    const { store, before } = await interruptedStore();
    await store.put(A, bytes("body"));
    before("open", /\/in\/a$/, remove);
    expect(await store.copy(A, B)).toEqual({ outcome: "source-gone" });
  });

  it.each([
    ["the new body", "lstat", TEMPORARY],
    ["the new sidecar", "link", /\/work\/\w+\/\d+ .*%meta-/],
  ] as const)("makes a put fail, with nothing done: %s", async (_, name, path) => {
    const { folder, store, before } = await interruptedStore();
    await store.put(A, bytes("old"));
    before(name, path, remove);
    const put = store.put(A, bytes("new"));
    await expect(put).rejects.toMatchObject({ code: "unavailable", undecided: false });
    await expect(put).rejects.toThrow("another program deleted");
    expect(await textAt(store, A)).toBe("old");
    expect(await leftovers(folder)).toEqual([]);
  });

  it("has an object left out of a list that is under way", async () => {
    const { store, before } = await interruptedStore();
    for (const key of ["a", "b"]) await store.put({ ...A, key }, bytes(key));
    before("quickLstat", /\/in\/a$/, remove);
    expect(await allKeys(store, "in")).toEqual(["b"]);
  });

  it.each(["lstat", "readdir"] as const)(
    "has a folder left out of a list that is under way: before %s",
    async (name) => {
      const { store, before } = await interruptedStore();
      for (const key of ["a/1", "b"]) await store.put({ ...A, key }, bytes(key));
      before(name, /\/in\/a$/, remove);
      expect(await allKeys(store, "in")).toEqual(["b"]);
    },
  );

  it("makes a put make the folders of its key again", async () => {
    const { store, before } = await interruptedStore();
    const ref = { ...A, key: "a/b" };
    before("rename", /\/in\/a\/b$/, (_, to) => remove(to.slice(0, -2)));
    expect(await store.put(ref, bytes("body"))).toMatchObject({ outcome: "written" });
    expect(await textAt(store, ref)).toBe("body");
  });

  it("makes a put make the folders of its sidecar again", async () => {
    const { folder, store, before } = await interruptedStore();
    await store.put(A, bytes("body"));
    before("link", /%meta-/, () => remove(`${folder}/.keywhen/meta`));
    await store.put({ ...A, key: "x/y" }, bytes("body"), HEADERS);
    expect(await store.head({ ...A, key: "x/y" })).toMatchObject(HEADERS);
  });
});

describe("another process that makes and removes the same folders", () => {
  it("may make a folder first", async () => {
    const { store, before } = await interruptedStore();
    before("mkdir", /\/in\/a$/, (path) => mkdirSync(path));
    await store.put({ ...A, key: "a/b" }, bytes("body"));
    expect(await allKeys(store, "in")).toEqual(["a/b"]);
  });

  it("may remove its folder while a call sees that it is there", async () => {
    const { store, before } = await interruptedStore();
    before("mkdir", /\/in\/a$/, (path) => mkdirSync(path));
    before("lstat", /\/in\/a$/, remove);
    await store.put({ ...A, key: "a/b" }, bytes("body"));
    expect(await allKeys(store, "in")).toEqual(["a/b"]);
  });

  it("may make room for a folder first, where an object has its name", async () => {
    const { folder, store, before } = await interruptedStore();
    await store.put(A, bytes("1"), HEADERS);
    before("link", /\/locks\/[^/]+$/, () => {
      renameSync(`${folder}/in/a`, `${folder}/in/a%file`);
      mkdirSync(`${folder}/in/a`);
    });
    await store.put({ ...A, key: "a/b" }, bytes("2"));
    expect(await allKeys(store, "in")).toEqual(["a", "a/b"]);
    expect(await store.head(A)).toMatchObject(HEADERS);
    expect(readdirSync(`${folder}/in`)).toEqual(["a", "a%file"]);
  });

  it("may put an object next to the one whose folder is about to go", async () => {
    const { store, before } = await interruptedStore();
    await store.put({ ...A, key: "a/1" }, bytes("1"));
    before("rmdir", /\/in\/a$/, (path) => writeFileSync(`${path}/2`, "by hand"));
    await store.delete("in", ["a/1"]);
    expect(await allKeys(store, "in")).toEqual(["a/2"]);
  });
});
