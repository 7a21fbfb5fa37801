import { existsSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, inject, it } from "vitest";
import { installLines } from "../docs/install-lines.js";
import { tarballOf } from "./pack-once.js";
import { publicPackages, ROOT } from "./public-packages.js";
import { run } from "./run.js";

/** Each command once, even if several pages show it; a container has the tarballs at its root. */
const commands = [
  ...new Set(
    installLines()
      .filter(({ command }) => command.includes(".tgz"))
      .map(({ command }) => command.replaceAll(" /packed/", " ../keywhen/packed/")),
  ),
];

/** The folder whose `node_modules` a command fills. */
function makePlace(isGlobal: boolean): { project: string; modules: string } {
  const folder = mkdtempSync(join(inject("folder"), "line-"));
  symlinkSync(ROOT, join(folder, "keywhen"));
  const project = join(folder, "project");
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), '{ "private": true }\n');
  return { project, modules: isGlobal ? join(folder, "prefix/lib") : project };
}

describe.concurrent("the install commands of the pages", () => {
  it("are several", () => {
    expect(commands.length).toBeGreaterThan(8);
  });

  it.each(commands)("%s", async (command) => {
    const { project, modules } = makePlace(command.includes("--global"));
    const env = { npm_config_prefix: join(modules, ".."), npm_config_audit: "false" };
    await run("sh", ["-c", command], { cwd: project, env });
    const tarballs = command.split(" ").map((word) => basename(word));
    const installed = publicPackages.filter(({ name }) =>
      tarballs.includes(basename(tarballOf(name))),
    );
    expect(installed.length).toBeGreaterThan(0);
    for (const { name, manifest } of installed) {
      expect(existsSync(join(modules, "node_modules", name, "package.json"))).toBe(true);
      if (manifest.exports === undefined) continue;
      const load = `if (Object.keys(await import("${name}")).length === 0) process.exit(1);\n`;
      writeFileSync(join(modules, "load.mjs"), load);
      await run(process.execPath, ["load.mjs"], { cwd: modules });
    }
  });
});
