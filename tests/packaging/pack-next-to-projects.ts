import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { snippetsOf } from "../docs/snippets.js";
import { packOnce } from "./pack-once.js";
import { ROOT } from "./public-packages.js";
import { run } from "./run.js";

declare module "vitest" {
  interface ProvidedContext {
    /** A folder that contains the checkout as `keywhen`, and projects next to it. */
    readonly folder: string;
    /** A project in that folder with core and the adapter for folders, installed by npm, and the README's program. */
    readonly reminders: string;
  }
}

const folder = mkdtempSync(join(tmpdir(), "keywhen-real-"));

/** Packs as a reader of the README does, and makes its first project. */
export async function setup(project: TestProject): Promise<void> {
  await packOnce();
  symlinkSync(ROOT, join(folder, "keywhen"));
  const reminders = join(folder, "reminders");
  mkdirSync(reminders);
  writeFileSync(join(reminders, "package.json"), '{ "private": true }\n');
  const install = [
    "install",
    "--offline",
    "--no-audit",
    "--no-fund",
    "../keywhen/packed/keywhen-core.tgz",
    "../keywhen/packed/keywhen-adapter-fs.tgz",
  ];
  await run("npm", install, { cwd: reminders });
  writeFileSync(join(reminders, "reminders.mjs"), readmeProgram());
  cpSync(join(ROOT, "tests/packaging/uses/deliver.cjs"), join(reminders, "deliver.cjs"));
  project.provide("folder", folder);
  project.provide("reminders", reminders);
}

export function teardown(): void {
  rmSync(folder, { recursive: true, force: true });
}

function readmeProgram(): string {
  const program = snippetsOf(join(ROOT, "README.md")).find(({ file }) => file === "reminders.mjs");
  if (program === undefined)
    throw new Error("README.md has no program that is saved as reminders.mjs.");
  return program.code;
}
