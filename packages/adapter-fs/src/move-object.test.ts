import { mkdir, readdir, stat, utimes, writeFile } from "node:fs/promises";
import { join, sep } from "node:path";
import { skipUnless } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { inOwnMounts, OWN_MOUNTS } from "../fixtures/own-mounts.js";
import { pathByDescriptor } from "../fixtures/path-by-descriptor.js";
import {
  allKeys,
  bytes,
  filesIn,
  leftovers,
  temporaryStore,
  textAt,
} from "../fixtures/temporary-store.js";

const SOURCE = { bucket: "in", key: "a/source" };
const TARGET = { bucket: "out", key: "b/target" };
const HEADERS = { contentType: "text/plain", metadata: { "keywhen-id": "1" } };

/** As if the bucket `out` were on another disk. */
async function twoDisks() {
  const onSecond = (path: string) => pathByDescriptor(path).includes(`${sep}out${sep}`);
  return temporaryStore((calls) => {
    const within =
      <T>(call: (from: string, to: string) => T) =>
      (from: string, to: string) => {
        if (onSecond(from) === onSecond(to)) return call(from, to);
        throw Object.assign(new Error("EXDEV: cross-device link"), { code: "EXDEV" });
      };
    return { ...calls, rename: within(calls.rename) };
  });
}

describe("move()", () => {
  it("keeps the body's file: nothing is copied", async () => {
    const { folder, store } = await temporaryStore();
    await store.put(SOURCE, bytes("body"), HEADERS);
    const { ino } = await stat(join(folder, "in/a/source"));
    await store.move(SOURCE, TARGET);
    expect((await stat(join(folder, "out/b/target"))).ino).toBe(ino);
    expect(await store.head(TARGET)).toMatchObject(HEADERS);
  });

  it("of an object onto itself changes at most its metadata", async () => {
    const { store } = await temporaryStore();
    await store.put(SOURCE, bytes("body"), HEADERS);
    expect(await store.move(SOURCE, SOURCE)).toEqual({ outcome: "copied" });
    expect(await store.head(SOURCE)).toMatchObject(HEADERS);
    expect(await store.move(SOURCE, SOURCE, { metadata: { new: "1" } })).toEqual({
      outcome: "copied",
    });
    expect(await store.head(SOURCE)).toMatchObject({ ...HEADERS, metadata: { new: "1" } });
    expect(await textAt(store, SOURCE)).toBe("body");
  });

  it("gives one of two racing moves the object, and the other nothing", async () => {
    const { store } = await temporaryStore();
    for (let i = 0; i < 10; i++) {
      await store.put(SOURCE, bytes("body"), HEADERS);
      const targets = [0, 1, 2].map((n) => ({ bucket: "out", key: `${i}/${n}` }));
      const moves = await Promise.all(targets.map((target) => store.move(SOURCE, target)));
      expect(moves.filter(({ outcome }) => outcome === "copied")).toHaveLength(1);
    }
    expect(await allKeys(store, "out")).toHaveLength(10);
    expect(await allKeys(store, "in")).toEqual([]);
  });

  it("ends if two objects change places", async () => {
    const { store } = await temporaryStore();
    await store.put(SOURCE, bytes("1"));
    await store.put(TARGET, bytes("2"));
    await Promise.all([store.move(SOURCE, TARGET), store.move(TARGET, SOURCE)]);
    const keys = [...(await allKeys(store, "in")), ...(await allKeys(store, "out"))];
    expect(keys).toHaveLength(1);
  });

  it("of a missing object makes no folder", async () => {
    const { folder, store } = await temporaryStore();
    await store.put(SOURCE, bytes("body"));
    const missing = { bucket: "in", key: "a/missing" };
    expect(await store.move(missing, TARGET)).toEqual({ outcome: "source-gone" });
    expect(await readdir(join(folder, "out"))).toEqual([]);
  });

  it("gives each of several objects of one length and instant its own metadata", async () => {
    const { folder, store } = await temporaryStore();
    await store.put(TARGET, bytes("the workplace is open"));
    const names = ["1", "2", "3"];
    for (const name of names) {
      await writeFile(join(folder, "in", name), name);
      await utimes(join(folder, "in", name), 1_800_000_000, 1_800_000_000);
    }
    const moves = names.map((name) =>
      store.move({ bucket: "in", key: name }, { bucket: "out", key: name }, { metadata: { name } }),
    );
    await Promise.all(moves);
    for (const name of names) {
      expect((await store.head({ bucket: "out", key: name }))?.metadata).toEqual({ name });
    }
  });

  it("needs a bucket to move to", async () => {
    const { store } = await temporaryStore();
    await store.put(SOURCE, bytes("body"));
    const move = store.move(SOURCE, { bucket: "never", key: "a" });
    await expect(move).rejects.toMatchObject({ code: "no-such-bucket" });
    expect(await textAt(store, SOURCE)).toBe("body");
  });
});

describe("a bucket on another disk", () => {
  skipUnless(it, OWN_MOUNTS)(
    "keeps the first copy of an event whose sweeper was killed between copy and delete",
    async () => {
      const { folder } = await temporaryStore();
      const [killed, report, swept] = await inOwnMounts(
        folder,
        `mount -t tmpfs tmpfs out
       task scheduleDue
       task sweepUntilCopied || true
       task showTarget
       task sweepLater
       task showTarget`,
      );
      expect(killed).toMatchObject({ body: "body", waiting: 1 });
      expect(report).toEqual({ outcome: "swept", delivered: 0, alreadyDelivered: 1 });
      expect(swept).toEqual({ ...Object(killed), waiting: 0 });
    },
  );

  it("is copied to and from, and refuses a move without changing anything", async () => {
    const { folder, store } = await twoDisks();
    await store.put(SOURCE, bytes("body"), HEADERS);
    const refusal = { code: "not-supported", retryable: false, undecided: false };
    await expect(store.move(SOURCE, TARGET)).rejects.toMatchObject(refusal);
    await expect(store.move(SOURCE, TARGET, { metadata: {} })).rejects.toMatchObject(refusal);
    expect(await store.head(SOURCE)).toMatchObject(HEADERS);
    expect(await filesIn(join(folder, ".keywhen/meta"))).toHaveLength(1);
    expect(await readdir(join(folder, "out"))).toEqual([]);
    await store.put(TARGET, bytes("old"));
    await expect(store.move(SOURCE, TARGET)).rejects.toMatchObject(refusal);
    expect(await textAt(store, TARGET)).toBe("old");
    expect(await store.copy(SOURCE, TARGET)).toEqual({ outcome: "copied" });
    expect(await textAt(store, TARGET)).toBe("body");
    expect(await store.head(TARGET)).toMatchObject(HEADERS);
    expect(await leftovers(folder)).toEqual([]);
  });

  it("says that a source is gone, if it is", async () => {
    const { store } = await twoDisks();
    expect(await store.move(SOURCE, TARGET)).toEqual({ outcome: "source-gone" });
  });

  it("is put and copied to", async () => {
    const { folder, store } = await twoDisks();
    await store.put(TARGET, bytes("body"), HEADERS);
    await store.copy(TARGET, { bucket: "out", key: "copy" });
    const condition = { if: "absent" } as const;
    expect(await store.put(TARGET, bytes("x"), { condition })).toEqual({ outcome: "exists" });
    expect(await allKeys(store, "out")).toEqual(["b/target", "copy"]);
    expect(await store.head({ bucket: "out", key: "copy" })).toMatchObject(HEADERS);
    expect(await leftovers(folder)).toEqual([]);
  });

  it("is cleared of what dead processes left on their way to it", async () => {
    const { folder, store } = await twoDisks();
    await mkdir(join(folder, "out/%tmp"));
    await writeFile(join(folder, "out/%tmp/0123456789abcdef00-1"), "half");
    expect(await allKeys(store, "out")).toEqual([]);
    await store.put(TARGET, bytes("body"));
    expect(await leftovers(folder)).toEqual([]);
    const [owner] = await readdir(join(folder, ".keywhen/work"));
    await writeFile(join(folder, `out/%tmp/${owner}-99`), "half");
    await store.put(TARGET, bytes("body"));
    expect(await leftovers(folder)).toEqual([`out/%tmp/${owner}-99`]);
  });
});
