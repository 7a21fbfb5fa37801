import { chmod, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../fixtures/temporary-store.js";
import { isKept, isPrivate } from "./private-folder.js";
import { blockingCalls } from "./system-calls.js";
import { Turns } from "./turns.js";

const ROOT = 0n;
const ME = 1_000n;
const OTHER = 1_001n;

describe("isKept()", () => {
  it.each([
    [true, "a folder of this user", { uid: ME, mode: 0o755n }, ME],
    [true, "a folder of root", { uid: ROOT, mode: 0o755n }, OTHER],
    [false, "a folder of another user", { uid: OTHER, mode: 0o755n }, ME],
    [false, "a folder that the group may write", { uid: ME, mode: 0o775n }, ME],
    [false, "a folder that all may write", { uid: ME, mode: 0o757n }, ME],
    [true, "a sticky folder, for this user's entry", { uid: ROOT, mode: 0o1777n }, ME],
    [false, "a sticky folder, for another user's entry", { uid: ROOT, mode: 0o1777n }, OTHER],
  ])("is %s in %s", (expected, _, folder, entryUid) => {
    expect(isKept({ uid: entryUid }, folder, ME)).toBe(expected);
  });
});

describe("isPrivate()", () => {
  it("looks at every folder above, not at the folder's own entries", async () => {
    const root = await temporaryFolder();
    const folder = join(root, "a/b");
    await mkdir(folder, { recursive: true });
    const check = () => new Turns().run(isPrivate(blockingCalls, folder));
    expect(await check()).toBe(true);
    await chmod(folder, 0o777);
    expect(await check()).toBe(true);
    await chmod(root, 0o777);
    expect(await check()).toBe(false);
    expect(await new Turns().run(isPrivate(blockingCalls, join(root, "gone")))).toBe(false);
  });
});
