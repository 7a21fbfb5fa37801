import { readdirSync, readlinkSync } from "node:fs";
import { isStoreError } from "@keywhen/core/store";
import { LINUX, skipUnless } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { bytes, type TemporaryStore, temporaryStore, textAt } from "../fixtures/temporary-store.js";
import { watchCalls } from "../fixtures/watch-calls.js";

type Store = TemporaryStore["store"];

const REF = { bucket: "in", key: "a/object" };
const OTHER = { bucket: "out", key: "b/other" };
const HEADERS = { metadata: { is: "old" } };

const ACTS: readonly (readonly [string, (store: Store) => Promise<unknown>])[] = [
  ["a put", (store) => store.put(REF, bytes("new"))],
  ["a put of a stream", (store) => store.put(REF, new Response("new").body ?? bytes("new"))],
  ["a conditional put", (store) => store.put(OTHER, bytes("new"), { condition: { if: "absent" } })],
  ["a copy", (store) => store.copy(REF, OTHER)],
  ["a move", (store) => store.move(REF, OTHER)],
  ["a move with other metadata", (store) => store.move(REF, OTHER, { metadata: {} })],
  ["a delete", (store) => store.delete("in", [REF.key])],
  ["a get", (store) => textAt(store, REF)],
  ["a head", (store) => store.head(REF)],
  ["a list", (store) => store.list({ bucket: "in" })],
];

/** Does something with a new store and its old object, while the call of this number fails. */
async function withFailure(number: number, act: (store: Store) => Promise<unknown>) {
  let [count, failed] = [Number.NEGATIVE_INFINITY, ""];
  const { folder, store } = await temporaryStore((calls) =>
    watchCalls(calls, (name) => {
      count += 1;
      if (count !== number) return;
      failed = name;
      throw Object.assign(new Error(`EIO: it failed, ${name}`), { code: "EIO" });
    }),
  );
  await store.put(REF, bytes("old"), HEADERS);
  count = 0;
  const thrown = await act(store).then(
    () => undefined,
    (error: unknown) => error,
  );
  count = Number.NEGATIVE_INFINITY;
  return { folder, store, failed, thrown };
}

describe.each(ACTS)("%s whose system call fails", (_, act) => {
  skipUnless(it, LINUX)(
    "ends with the error, keeps a whole object and closes its files",
    async () => {
      for (let number = 1, isOver = false; !isOver; number++) {
        const { folder, store, failed, thrown } = await withFailure(number, act);
        isOver = failed === "";
        const what = `${failed}, call ${number}`;
        expect(thrown === undefined || isStoreError(thrown), what).toBe(true);
        const texts = [await textAt(store, REF), await textAt(store, OTHER)];
        const expected = [undefined, "old", "new"];
        for (const text of texts) expect(expected, what).toContain(text);
        // A sync that other calls may share goes on.
        if (failed !== "close")
          await expect.poll(() => openFilesIn(folder), { message: what }).toEqual([]);
      }
    },
  );
});

/** The files in a folder that this process has open. */
function openFilesIn(folder: string): readonly string[] {
  return readdirSync("/proc/self/fd").flatMap((fd) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${fd}`);
      const isFile =
        path.startsWith(folder) && /\/(?:object|other|work\/\w+\/\d+)(?: \(deleted\))?$/.test(path);
      return isFile ? [path] : [];
    } catch {
      return [];
    }
  });
}
