// Stores without a client: the bare loop makes the store's own calls.
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fsStore } from "@keywhen/adapter-fs";
import { memoryStore } from "@keywhen/core/testing";
import { SCHEDULE, TARGET } from "../ceph-home.mjs";
import { batches, targetOf } from "./loop.mjs";

export async function openFolder() {
  const folder = await mkdtemp(join(tmpdir(), "keywhen-bare-"));
  for (const bucket of [SCHEDULE, TARGET]) await mkdir(join(folder, bucket));
  const store = fsStore({ folder });
  const system = {
    name: "file store (its own move)",
    store,
    copy: (key) => store.move({ bucket: SCHEDULE, key }, { bucket: TARGET, key: targetOf(key) }),
    deleteAll: async () => {},
  };
  return { systems: [system], close: () => rm(folder, { recursive: true }) };
}

export async function openMemory() {
  const store = memoryStore({ clock: Date });
  const system = {
    name: "memory store (its own copy)",
    store,
    copy: (key) => store.copy({ bucket: SCHEDULE, key }, { bucket: TARGET, key: targetOf(key) }),
    async deleteAll(all) {
      for (const keys of batches(all, 1_000)) await store.delete(SCHEDULE, keys);
    },
  };
  return { systems: [system], close: async () => {} };
}
