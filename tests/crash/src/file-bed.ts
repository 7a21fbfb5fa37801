import { watch } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ObjectStore } from "@keywhen/core/store";
import { createLedger, type TargetRecord } from "./ledger.js";
import { openStore, SCHEDULE, TARGET } from "./store-place.js";
import { consume, createTaskQueue, type TestBed, type TestBedOptions } from "./test-bed.js";

/**
 * Opens a new folder. The operating system reports each name that enters the target's folder or
 * leaves it: each one that isn't a removal by this process is a copy that arrived.
 */
export async function openFileBed(options: TestBedOptions = {}): Promise<TestBed> {
  const folder = await mkdtemp(join(tmpdir(), "keywhen-crash-"));
  for (const bucket of [SCHEDULE, TARGET]) await mkdir(join(folder, bucket));
  const place = { kind: "file", folder } as const;
  const { store } = await openStore(place, "test-bed");
  const ledger = createLedger();
  const tasks = createTaskQueue(8);
  const removals = new Map<TargetRecord, number>();
  const watcher = watch(join(folder, TARGET), (type, name) => {
    const record = ledger.at((name ?? "").replaceAll("%3A", ":"));
    if (type !== "rename" || record === undefined) return;
    const expected = removals.get(record) ?? 0;
    if (expected > 0) {
      removals.set(record, expected - 1);
      return;
    }
    record.arrivals.push({ atMs: performance.now(), maker: undefined });
    const noted = { ...store, delete: noteRemoval(store, () => removals.set(record, 1)) };
    tasks.add(() => consume(noted, record, options));
  });
  return {
    name: "files",
    place,
    store,
    ledger,
    lookedAt: tasks.idle,
    [Symbol.asyncDispose]: async () => {
      watcher.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function noteRemoval(store: ObjectStore, note: () => void): ObjectStore["delete"] {
  return (...args) => {
    note();
    return store.delete(...args);
  };
}
