import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { proveStore } from "@keywhen/store-conformance";
import { afterAll, describe, it } from "vitest";
import { fsStore } from "./fs-store.js";

for (const sharedBetweenMachines of [false, true]) {
  proveStore({
    describe,
    it,
    after: afterAll,
    name: `fsStore({ sharedBetweenMachines: ${sharedBetweenMachines} })`,
    open: async () => {
      const folder = await mkdtemp(join(tmpdir(), "keywhen-fs-"));
      await mkdir(join(folder, "first"));
      await mkdir(join(folder, "second"));
      return {
        store: fsStore({ folder, sharedBetweenMachines }),
        buckets: ["first", "second"],
        close: () => rm(folder, { recursive: true }),
      };
    },
  });
}
