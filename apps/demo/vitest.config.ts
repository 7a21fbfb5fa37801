import { existsSync, statfsSync } from "node:fs";
import { defineConfig } from "vitest/config";

/** Where a file costs no wait for a disk, if there is room: one test stores thousands of events. */
const IN_MEMORY = "/dev/shm";
const LEAST_BYTES = 2 ** 30;

export default defineConfig({
  test: {
    name: "demo",
    isolate: false,
    include: ["src/**/*.test.ts", "page/**/*.test.{ts,tsx}"],
    testTimeout: 30_000, // some tests start the demo in a new process
    env: {
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
      ...(isRoomy(IN_MEMORY) && { TMPDIR: IN_MEMORY }),
    },
  },
});

function isRoomy(folder: string): boolean {
  if (!existsSync(folder)) return false;
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize > LEAST_BYTES;
}
