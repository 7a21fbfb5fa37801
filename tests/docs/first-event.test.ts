import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { inLanguage, root } from "./pages.js";

const folder = fileURLToPath(new URL(".first-event/", import.meta.url));

describe("the guide to a first event, in TypeScript", () => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("shows files that compile as .mts with the settings that it shows", () => {
    const [config] = inLanguage("docs/guides/first-event.md", "json");
    writeFileSync(join(folder, "tsconfig.json"), config?.code ?? "");
    const names = inLanguage("docs/guides/first-event.md", "js").map(({ file = "", code }) => {
      writeFileSync(join(folder, file.replace(/\.mjs$/, ".mts")), code);
      return file;
    });
    expect(names).toEqual(["location.mjs", "schedule.mjs", "sweeper.mjs", "reminders.test.mjs"]);
    const tsc = join(root, "node_modules/.bin/tsc");
    const { status, stdout } = spawnSync(tsc, ["-p", folder, "--noEmit"], { encoding: "utf8" });
    expect(status, stdout).toBe(0);
  });
});
