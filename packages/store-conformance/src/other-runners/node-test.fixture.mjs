import { after, describe, it } from "node:test";
import { memoryStore } from "@keywhen/core/testing";
import { proveStore } from "@keywhen/store-conformance";

const buckets = ["first", "second"];
const capabilities = process.env.BROKEN ? { deleteBatchSize: 0 } : {};
let closed = 0;
process.on("exit", () => process.stdout.write(`closed ${closed} times\n`));

proveStore({
  describe,
  it,
  ...(process.env.WITH_AFTER ? { after } : {}),
  name: "memory",
  open: async () => ({
    store: memoryStore({ clock: Date, buckets, capabilities }),
    buckets,
    close: async () => {
      closed += 1;
    },
  }),
});
