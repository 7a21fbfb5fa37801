import { open } from "node:fs/promises";
import { describe, expect, it, vi } from "vitest";
import { allKeys, bytes, temporaryStore, textAt } from "../fixtures/temporary-store.js";

/** What the file handles of Yarn 4's Plug'n'Play throw for. */
const NOT_IMPLEMENTED = ["datasync", "sync", "utimes", "readv"] as const;

const IN = { bucket: "in" };

describe("under Yarn's Plug'n'Play", () => {
  it("stores, copies, moves and deletes", async () => {
    const { folder, store } = await temporaryStore();
    const handle = await open(folder);
    const prototype = Object.getPrototypeOf(handle);
    await handle.close();
    for (const method of NOT_IMPLEMENTED) {
      vi.spyOn(prototype, method).mockImplementation(() => {
        throw new Error("Method not implemented.");
      });
    }
    const [a, b, c] = [
      { ...IN, key: "a" },
      { ...IN, key: "b" },
      { ...IN, key: "c" },
    ];
    try {
      await store.put(a, bytes("body"), { metadata: { a: "1" } });
      await store.copy(a, b);
      await store.move(b, c);
      await store.delete("in", ["a"]);
      expect(await textAt(store, c)).toBe("body");
      expect(await allKeys(store, "in")).toEqual(["c"]);
    } finally {
      vi.restoreAllMocks();
    }
  });
});
