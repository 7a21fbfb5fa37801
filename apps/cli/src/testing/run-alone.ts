import { spawn } from "node:child_process";
import { cp, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { finish, KEYWHEN, type Run, type Words, type Workplace, wordsOf } from "./run-keywhen.js";

const NODE_MODULES = fileURLToPath(new URL("../../node_modules/", import.meta.url));
const COPIED = ["commander", "picocolors", "@keywhen/core", "@keywhen/adapter-fs"];
const LINKED = ["chrono-node", "standardwebhooks", "temporal-polyfill"];

/** Runs the command as installed without optional packages: a copy outside of this workspace, with its dependencies. */
export async function runAlone(
  { folder }: Workplace,
  args: Words,
  env: Record<string, string> = {},
): Promise<Run> {
  const alone = join(folder, "alone");
  await cp(dirname(KEYWHEN), join(alone, "dist"), { recursive: true });
  await cp(join(dirname(KEYWHEN), "../package.json"), join(alone, "package.json"));
  for (const name of COPIED) {
    await cp(join(NODE_MODULES, name), join(alone, "node_modules", name), {
      recursive: true,
      dereference: true,
      filter: (source) => !source.includes("/adapter-fs/node_modules"),
    });
  }
  for (const name of LINKED) {
    await symlink(join(NODE_MODULES, name), join(alone, "node_modules", name));
  }
  const options = { cwd: folder, env: { KEYWHEN_STORE: "file:./data", ...env } };
  return finish(spawn(process.execPath, [join(alone, "dist/main.js"), ...wordsOf(args)], options));
}
