import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { LINUX, skipUnless } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import {
  bytes,
  type TemporaryStore,
  temporaryFolder,
  temporaryStore,
  textAt,
} from "../fixtures/temporary-store.js";
import { watchCalls } from "../fixtures/watch-calls.js";
import { CheckedCalls } from "./checked-calls.js";
import { openFile } from "./open-file.js";
import { blockingCalls } from "./system-calls.js";
import { Turns } from "./turns.js";

type Store = TemporaryStore["store"];
/** What an attacker has at a path: what belongs there, nothing, or a link that leads out of the store. */
type Swap = "own" | "gone" | "link";

const SOURCE = { bucket: "in", key: "a/source" };
const SIBLING = { bucket: "in", key: "b" };
const TARGET = { bucket: "out", key: "target" };
/** As long as an event. */
const SECRET = "a secret";

/** What is at the path during one call of the file system after another; the last one stays. */
const ATTACKS: readonly (readonly Swap[])[] = [
  ["link"],
  ["link", "own"],
  ["link", "link", "own"],
  ["gone", "link"],
  ["gone", "link", "own"],
];
const ACTS: readonly (readonly [string, (store: Store) => Promise<unknown>])[] = [
  ["a read", (store) => textAt(store, SOURCE)],
  ["a copy", (store) => store.copy(SOURCE, TARGET)],
  ["a move", (store) => store.move(SOURCE, TARGET)],
  ["a move onto it", (store) => store.move(SIBLING, SOURCE)],
  ["a delete", (store) => store.delete("in", [SOURCE.key])],
  ["a put", (store) => store.put(SOURCE, bytes("new"))],
];

describe.each([
  ["file", "in/a/source", "source"],
  ["folder", "in/a", "."],
])("a %s that is swapped for a link", (_, name, to) => {
  skipUnless(it, LINUX).each(ACTS)("never leads %s out of the store", async (_, act) => {
    let onCall = () => {};
    const { folder, store } = await temporaryStore((calls) => watchCalls(calls, () => onCall()));
    const outside = await temporaryFolder();
    const swap = swapper(join(folder, name), join(outside, to));
    const target = join(folder, "out/target");
    writeFileSync(join(outside, "source"), SECRET);
    for (const attack of ATTACKS) {
      for (let first = 1, isSwapped = true; isSwapped; first++) {
        for (const ref of [SOURCE, SIBLING]) {
          if (!existsSync(join(folder, "in", ref.key))) await store.put(ref, bytes("an event"));
        }
        let calls = 0;
        isSwapped = false;
        onCall = () => {
          calls += 1;
          const state = attack[calls - first];
          if (state === undefined) return;
          swap(state);
          isSwapped = true;
        };
        const seen = await act(store).catch(() => {});
        onCall = () => {};
        const texts = [seen, existsSync(target) && readFileSync(target, "utf8")];
        const outsideTexts = readdirSync(outside).map((file) => [
          file,
          readFileSync(join(outside, file), "utf8"),
        ]);
        const message = `${attack} from call ${first} on`;
        expect(texts, message).not.toContain(SECRET);
        expect(outsideTexts, message).toEqual([["source", SECRET]]);
        swap("own");
      }
    }
  });
});

describe("a symbolic link to a folder", () => {
  skipUnless(it, LINUX)("is seen once a file in it is open", async () => {
    const { folder } = await temporaryStore();
    const outside = await temporaryFolder();
    writeFileSync(join(outside, "source"), SECRET);
    symlinkSync(outside, join(folder, "in/linked"));
    const opening = new Turns().run(openFile(blockingCalls, join(folder, "in/linked/source")));
    await expect(opening).rejects.toThrow(
      `${join(folder, "in/linked/source")} leads to ${join(outside, "source")}`,
    );
  });

  skipUnless(it, LINUX)(
    "in the middle of a path keeps the file behind it from any change",
    async () => {
      const [inside, outside] = [await temporaryFolder(), await temporaryFolder()];
      mkdirSync(join(outside, "sub"));
      writeFileSync(join(outside, "sub/secret"), "kept");
      symlinkSync(outside, join(inside, "link"));
      const path = join(inside, "link/sub/secret");
      const denied = "over a symbolic link";
      const turns = new Turns();
      const disk = new CheckedCalls(blockingCalls, turns);
      await expect(turns.run(disk.removeFile(path))).rejects.toThrow(denied);
      const taking = turns.run(disk.rename(path, join(inside, "taken")));
      await expect(taking).rejects.toThrow(denied);
      expect(readFileSync(join(outside, "sub/secret"), "utf8")).toBe("kept");
    },
  );
});

/** Changes what is at a path. */
function swapper(path: string, to: string): (state: Swap) => void {
  const aside = `${path}-aside`;
  let isOwn = true;
  return (state) => {
    if (isOwn && existsSync(path)) renameSync(path, aside);
    rmSync(path, { recursive: true, force: true });
    isOwn = state === "own";
    if (state === "link") symlinkSync(to, path);
    if (isOwn && existsSync(aside)) renameSync(aside, path);
  };
}
