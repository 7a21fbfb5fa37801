import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { proveStore } from "@keywhen/store-conformance";
import { afterAll, describe, it } from "vitest";
import { open as openSkeleton } from "./skeleton.mjs";
import { openSqliteFile } from "./sqlite-file.mjs";
import { sqliteStore } from "./sqlite-store.mjs";

async function open() {
  const folder = await mkdtemp(join(tmpdir(), "keywhen-sqlite-"));
  const buckets = ["first", "second"];
  const file = await openSqliteFile(join(folder, "objects.db"));
  const close = async () => {
    file.close();
    await rm(folder, { recursive: true });
  };
  return { store: sqliteStore(file, buckets), buckets, close };
}

proveStore({ describe, it, after: afterAll, name: "sqliteStore()", open });

proveStore({
  describe,
  it,
  after: afterAll,
  name: "the skeleton",
  open: async () => ({ ...(await openSkeleton()), buckets: ["a", "b"], close: async () => {} }),
});
