import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  type FilesLeft,
  isSecondHalf,
  leftAfter,
  type Survival,
} from "../fixtures/power-failure.js";
import { type Change, recordChanges } from "../fixtures/recorded-calls.js";
import { bytes, type TemporaryStore, temporaryStore } from "../fixtures/temporary-store.js";
import { stampOf } from "./sidecar.js";

const REF = { bucket: "in", key: "a/object" };
const MOVED = { bucket: "out", key: "b/moved" };
const BODY = "the new body";
const OLD_BODY = "the old body!";

/** What a reader finds of an object: its body and the metadata of its sidecar. */
interface Found {
  readonly body: string | undefined;
  readonly is: unknown;
}

const OLD: Found = { body: OLD_BODY, is: "old" };
const NEW: Found = { body: BODY, is: "new" };

/** A store with the old object on the disk, whose later changes are recorded. */
async function withOldObject() {
  let changes: readonly Change[] = [];
  const opened = await temporaryStore((calls) => {
    const recording = recordChanges(calls);
    changes = recording.changes;
    return recording.calls;
  });
  const { folder, store } = opened;
  await put(store, OLD_BODY, "old");
  const stamps = new Map([[OLD_BODY, await stampAt(folder, REF)]]);
  return { folder, store, stamps, changes, before: changes.length };
}

type Opened = Awaited<ReturnType<typeof withOldObject>>;

const put = (store: TemporaryStore["store"], body: string, is: string) =>
  store.put(REF, bytes(body), { metadata: { is } });

async function stampAt(folder: string, { bucket, key }: typeof REF): Promise<string> {
  return stampOf(await lstat(join(folder, bucket, key), { bigint: true }));
}

/** The object of a key among the files left. A body that no whole sidecar belongs to has no metadata. */
function find(files: FilesLeft, { folder, stamps }: Opened, ref: typeof REF): Found | undefined {
  const path = join(folder, ref.bucket, ref.key);
  if (!files.has(path)) return undefined;
  const body = files.get(path);
  const stamp = stamps.get(body ?? "");
  const text = files.get(`${join(folder, ".keywhen/meta", ref.bucket, ref.key)}%meta-${stamp}`);
  return { body, is: text === undefined ? undefined : JSON.parse(text).metadata.is };
}

/** What a power failure may leave of the two objects at every moment since `withOldObject`, and after the last answer. */
function leftOf(opened: Opened, survival: Survival) {
  const { changes, before } = opened;
  const at = (count: number) =>
    [...leftAfter(changes, count, survival)].map((files) => ({
      source: find(files, opened, REF),
      target: find(files, opened, MOVED),
    }));
  const moments = changes
    .slice(before)
    .flatMap((change, index) => (isSecondHalf(change) ? [] : at(before + index)));
  return { meanwhile: moments, answered: at(changes.length) };
}

describe("a power failure", () => {
  it("leaves the whole new object of an answered put, and before that the old one or the new one", async () => {
    const opened = await withOldObject();
    await put(opened.store, BODY, "new");
    opened.stamps.set(BODY, await stampAt(opened.folder, REF));
    const { meanwhile, answered } = leftOf(opened, "any");
    expect(meanwhile.length).toBeGreaterThan(100);
    for (const { source } of meanwhile) expect([OLD, NEW]).toContainEqual(source);
    for (const { source } of answered) expect(source).toEqual(NEW);
  });

  it("leaves no part of a new object before its put is answered", async () => {
    const opened = await withOldObject();
    await opened.store.delete("in", [REF.key]);
    const deletedAt = opened.changes.length;
    await put(opened.store, BODY, "new");
    opened.stamps.set(BODY, await stampAt(opened.folder, REF));
    const { meanwhile, answered } = leftOf({ ...opened, before: deletedAt }, "any");
    for (const { source } of meanwhile) expect([undefined, NEW]).toContainEqual(source);
    for (const { source } of answered) expect(source).toEqual(NEW);
  });

  it("leaves a moved object whole under one of its names, if names change in order", async () => {
    const opened = await withOldObject();
    await opened.store.move(REF, MOVED);
    const { meanwhile, answered } = leftOf(opened, "in-order");
    for (const { source, target } of [...meanwhile, ...answered])
      expect([source, target].filter((one) => one !== undefined)).toEqual([OLD]);
  });

  it("leaves no deleted object once the delete is answered, and a whole one before", async () => {
    const opened = await withOldObject();
    await opened.store.delete("in", [REF.key]);
    for (const { source } of leftOf(opened, "in-order").meanwhile)
      expect([OLD, undefined]).toContainEqual(source);
    for (const { source } of leftOf(opened, "any").answered) expect(source).toBeUndefined();
  });
});
