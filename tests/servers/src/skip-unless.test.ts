import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { callingTestFile, skipUnless } from "./skip-unless.js";
import type { TestNeed } from "./test-needs.js";

const LOOM: TestNeed = { name: "a loom", packages: ["loom"], isThere: () => false };
const LINE =
  "Not tested without a loom; on Debian: apt-get install -y --no-install-recommends loom";
const suite = { skip: "the skipped suite" };

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe("skipUnless()", () => {
  it("lets tests run that have what they need", () => {
    vi.stubEnv("CI", "true");
    expect(skipUnless(suite, { ...LOOM, isThere: () => true })).toBe(suite);
  });

  it("fails in CI without it", () => {
    vi.stubEnv("CI", "true");
    expect(() => skipUnless(suite, LOOM)).toThrow(LINE);
  });

  it("skips elsewhere, and says so once", () => {
    vi.stubEnv("CI", "");
    vi.stubEnv("TEST_SKIPS_FILE", "");
    const said = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    expect(skipUnless(suite, LOOM)).toBe(suite.skip);
    expect(skipUnless(suite, LOOM)).toBe(suite.skip);
    expect(said.mock.calls).toEqual([[`\n*** ${LINE}\n\n`]]);
  });

  it("records for the end of the run which file lacks what", async () => {
    const folder = await mkdtemp(join(tmpdir(), "keywhen-skips-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const skips = join(folder, "skips");
    vi.stubEnv("CI", "");
    vi.stubEnv("TEST_SKIPS_FILE", skips);
    skipUnless(suite, LOOM);
    expect(JSON.parse(await readFile(skips, "utf8"))).toEqual({
      file: fileURLToPath(import.meta.url),
      need: "a loom",
      packages: ["loom"],
    });
  });
});

describe("callingTestFile()", () => {
  it("reads paths with blanks, as a URL or plain", () => {
    const stack = [
      "Error",
      "    at skipUnless (file:///my code/packages/x/dist/index.js:1:2)",
      "    at /my code/packages/x/src/a.test.ts:3:4",
      "    at async run (/my code/node_modules/runner.js:5:6)",
    ];
    expect(callingTestFile(stack.join("\n"))).toBe("/my code/packages/x/src/a.test.ts");
  });
});
