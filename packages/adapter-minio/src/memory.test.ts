import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const MEBIBYTE = 1_048_576;

describe("put()", () => {
  it.each(["unknown", "known"])(
    "needs little memory for a large stream of %s length",
    (length) => {
      const script = fileURLToPath(new URL("./testing/large-stream.mjs", import.meta.url));
      const run = spawnSync(process.execPath, [script, length], { encoding: "utf8" });
      expect(run.stderr).toBe("");
      const { outcome, received, heldMiB } = JSON.parse(run.stdout);
      expect({ outcome, received }).toEqual({ outcome: "written", received: 200 * MEBIBYTE });
      expect(heldMiB).toBeLessThan(50);
    },
    60_000,
  );
});
