import { describe, expect, it } from "vitest";
import { memoryStore } from "./memory-store.js";

// The conformance kit proves what holds for every store.

const CHRISTMAS = Date.UTC(2026, 11, 24);
const ref = { bucket: "b", key: "k" };
const body = new Uint8Array([1, 2, 3]);

describe("memoryStore()", () => {
  it("has every bucket unless some are named", async () => {
    const empty = { objects: [], more: false };
    await expect(memoryStore().list({ bucket: "any" })).resolves.toEqual(empty);
    const closed = memoryStore({ buckets: ["one"] });
    await expect(closed.list({ bucket: "one" })).resolves.toEqual(empty);
    await expect(closed.list({ bucket: "any" })).rejects.toMatchObject({ code: "no-such-bucket" });
  });

  it("uses the given clock, or this machine's", async () => {
    for (const [options, fromMs] of [
      [{ clock: { now: () => CHRISTMAS } }, CHRISTMAS],
      [{}, Date.now()],
      [undefined, Date.now()],
    ] as const) {
      const store = memoryStore(options);
      await store.put(ref, body);
      const stampedMs = (await store.head(ref))?.lastModified.getTime();
      expect(stampedMs).toBeGreaterThanOrEqual(fromMs);
      expect(stampedMs).toBeLessThanOrEqual(Math.max(fromMs, options?.clock?.now() ?? Date.now()));
    }
  });

  it("answers `changed` to a put under the version of a missing object", async () => {
    const condition = { if: "version", version: "1" } as const;
    await expect(memoryStore().put(ref, body, { condition })).resolves.toEqual({
      outcome: "changed",
    });
  });

  it("refuses what its options switch off", async () => {
    const capabilities = { putIfAbsent: false, putIfVersion: false, deleteBatchSize: 2 };
    const store = memoryStore({ capabilities });
    const refused = { code: "not-supported" };
    for (const condition of [{ if: "absent" }, { if: "version", version: "1" }] as const) {
      await expect(store.put(ref, body, { condition })).rejects.toMatchObject(refused);
    }
    await expect(store.delete("b", ["1", "2", "3"])).rejects.toMatchObject(refused);
    await expect(store.delete("b", ["1", "2"])).resolves.toHaveLength(2);
  });

  it("moves an object onto itself without losing it", async () => {
    const store = memoryStore({ move: true });
    await store.put(ref, body);
    await expect(store.move?.(ref, ref)).resolves.toEqual({ outcome: "copied" });
    expect((await store.head(ref))?.size).toBe(3);
  });

  it("refuses an option that it doesn't know", () => {
    expect(() => memoryStore({ bucket: ["a"] } as never)).toThrow('Did you mean "buckets"?');
  });
});
