import { cpSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, inject } from "vitest";
import { run } from "./run.js";

export const CORE_AND_FOLDERS = [
  "../keywhen/packed/keywhen-core.tgz",
  "../keywhen/packed/keywhen-adapter-fs.tgz",
];

/** An empty project next to the checkout. */
export function emptyProject(manifest: object = { private: true, type: "module" }): string {
  const project = mkdtempSync(join(inject("folder"), "project-"));
  writeFileSync(join(project, "package.json"), JSON.stringify(manifest));
  return project;
}

/** A copy of the README's project, as npm installed it. */
export function remindersProject(type: "module" | "commonjs" = "module"): string {
  const project = emptyProject({ private: true, type });
  cpSync(inject("reminders"), project, {
    recursive: true,
    filter: (source) => !source.endsWith("/package.json") || source.includes("node_modules"),
  });
  return project;
}

/** A folder of packages, visible to a project as if they had been installed in it. */
export function addPackages(project: string, installed: string, ...names: string[]): void {
  for (const name of names) {
    const to = join(project, "node_modules", name);
    mkdirSync(join(to, ".."), { recursive: true });
    symlinkSync(join(installed, "node_modules", name), to);
  }
}

/** Runs the README's program and expects what it prints. */
export async function expectReminders(
  project: string,
  program: string,
  args: readonly string[],
): Promise<void> {
  const printed = await run(program, [...args, "reminders.mjs"], { cwd: project });
  expect(printed).toMatch(/^cancelled$/m);
  expect(printed).toMatch(/^43\.json, 13 bytes, waits until \d{4}-/m);
  expect(printed).toMatch(/^delivered 43\.json, \d+ ms late$/m);
}
