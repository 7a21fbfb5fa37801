import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { PLANTED_FAULTS } from "./all.js";
import { bundleWithFault, plant } from "./bundle.js";

const FAULT = { name: "a fault", file: "a.ts", find: "one", replace: "two" };

describe("plant()", () => {
  it("changes the one place where the text is", () => {
    expect(plant(FAULT, "this one")).toBe("this two");
  });

  it("says where a text is missing or not the only one", () => {
    expect(() => plant(FAULT, "nothing")).toThrow("occurs 0 times in a.ts");
    expect(() => plant(FAULT, "one and one")).toThrow("occurs 2 times in a.ts");
  });
});

describe("bundleWithFault()", () => {
  it.each(PLANTED_FAULTS.map((fault) => [fault.name, fault] as const))(
    "can plant: %s",
    async (_, fault) => {
      const folder = await mkdtemp(join(tmpdir(), "keywhen-planted-"));
      try {
        await bundleWithFault(fault, join(folder, "core.mjs"));
        expect(await readFile(join(folder, "core.mjs"), "utf8")).toContain("createSweeper");
      } finally {
        await rm(folder, { recursive: true });
      }
    },
  );
});
