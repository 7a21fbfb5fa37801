import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { transform } from "esbuild";
import { describe, expect, it, onTestFinished } from "vitest";
import { bundleWithFault, faultySource, plant } from "./bundle.js";
import { PLANTED_FAULTS } from "./planted-faults.js";

const FAULT = { name: "a fault", file: "index.ts", find: "one", replace: "two", from: 1 };

describe("plant()", () => {
  it("changes the one place where the text is", () => {
    expect(plant(FAULT, "this one")).toBe("this two");
  });

  it("throws if the text is missing or not the only one", () => {
    expect(() => plant(FAULT, "nothing")).toThrow("occurs 0 times in index.ts");
    expect(() => plant(FAULT, "one and one")).toThrow("occurs 2 times in index.ts");
  });
});

describe("the planted faults", () => {
  it.each(PLANTED_FAULTS)("fit the source: $name", async (fault) => {
    await transform(await faultySource(fault), { loader: "ts" });
  });

  it("are bundled with the rest of core", async () => {
    const folder = await mkdtemp(join(tmpdir(), "keywhen-planted-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, "core.mjs");
    for (const fault of PLANTED_FAULTS.slice(0, 1)) await bundleWithFault(fault, file);
    expect(await readFile(file, "utf8")).toContain("createSweeper");
  });
});
