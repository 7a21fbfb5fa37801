import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const SCRIPT = fileURLToPath(new URL("testing/large-stream.mjs", import.meta.url));

it.each(["known", "unknown"])(
  "puts a stream of 200 MiB of %s length and holds less than 50 MiB meanwhile",
  async (length) => {
    const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT, length]);
    const { outcome, received, heldMiB } = JSON.parse(stdout);
    expect([outcome, received]).toEqual(["written", 200 * 1_048_576]);
    expect(heldMiB).toBeLessThan(50);
  },
  60_000,
);
