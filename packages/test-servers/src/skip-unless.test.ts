import { afterEach, describe, expect, it, vi } from "vitest";
import { onPath } from "./on-path.js";
import { skipUnless } from "./skip-unless.js";

const LINE = "NOT TESTED with a loom, which is not installed: apt-get install loom";
const suite = { skip: "the skipped suite" };

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe("skipUnless()", () => {
  it("lets tests run that have what they need", () => {
    vi.stubEnv("CI", "true");
    expect(skipUnless(suite, onPath("node"), LINE)).toBe(suite);
  });

  it("fails in CI without it", () => {
    vi.stubEnv("CI", "true");
    expect(() => skipUnless(suite, onPath("no-such-program"), LINE)).toThrow(LINE);
  });

  it("skips elsewhere, and says so loudly, once", () => {
    vi.stubEnv("CI", "");
    const said = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    expect(skipUnless(suite, false, LINE)).toBe(suite.skip);
    expect(skipUnless(suite, false, LINE)).toBe(suite.skip);
    expect(said.mock.calls).toEqual([[`\n*** ${LINE}\n\n`]]);
  });
});
