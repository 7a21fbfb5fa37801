import { utimesSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { pathByDescriptor } from "../fixtures/path-by-descriptor.js";
import { bytes, filesIn, temporaryStore, textAt } from "../fixtures/temporary-store.js";
import { watchCalls } from "../fixtures/watch-calls.js";
import type { SystemCalls } from "./system-calls.js";

const at = (key: string) => ({ bucket: "in", key });

/** Gives every new body the same instant, as a file system that counts in seconds does. */
function oneInstant(calls: SystemCalls): SystemCalls {
  const seen = new Set<string>();
  return {
    ...calls,
    lstat(path) {
      if (/\/work\/\w+\/\d+$/.test(path) && !seen.has(path)) {
        seen.add(path);
        utimesSync(path, 1_800_000_000, 1_800_000_000);
      }
      return calls.lstat(path);
    },
  };
}

describe("where the file system gives bodies of one length the same instant", () => {
  it("keeps the headers of those that are put at the same time, in one file", async () => {
    let created = 0;
    const { store } = await temporaryStore((calls) =>
      watchCalls(oneInstant(calls), (name, [, flags]) => {
        if (name === "open" && flags === "wx") created += 1;
      }),
    );
    await store.put(at("0"), bytes("0"));
    created = 0;
    const keys = ["1", "2", "3"];
    await Promise.all(keys.map((key) => store.put(at(key), bytes(key), { metadata: { key } })));
    for (const key of keys) expect((await store.head(at(key)))?.metadata).toEqual({ key });
    expect(created).toBe(keys.length + 1);
  });

  it("keeps the headers of those that are put under one key, one after another", async () => {
    const { folder, store } = await temporaryStore(oneInstant);
    for (const text of ["1", "2", "3"]) {
      await store.put(at("a"), bytes(text), { metadata: { text } });
      expect(await textAt(store, at("a"))).toBe(text);
      expect((await store.head(at("a")))?.metadata).toEqual({ text });
    }
    expect(await filesIn(`${folder}/.keywhen/meta`)).toHaveLength(1);
  });
});

describe("a sidecar whose folder can't be made to last", () => {
  it("ends a put after many attempts, with nothing done", async () => {
    const { store } = await temporaryStore((calls) => ({
      ...calls,
      mkdir(path) {
        if (!pathByDescriptor(path).endsWith("/meta/in")) return calls.mkdir(path);
        throw Object.assign(new Error("gone"), { code: "ENOENT" });
      },
    }));
    const put = store.put(at("a"), bytes("body"));
    await expect(put).rejects.toMatchObject({ code: "unavailable", undecided: false });
    await expect(put).rejects.toThrow("keep removing folders of");
  });
});
