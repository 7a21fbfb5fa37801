// Makes a fresh clone ready with only Node and npm: installs the workspace with the pinned pnpm when
// node_modules doesn't match the lockfile, then hands the tasks it is given to turbo. Says one line a
// step; what the tools print is shown with --verbose, or if they fail.
import "./require-node.cjs";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const { packageManager } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
const isVerbose = process.argv.includes("--verbose");
const tasks = process.argv.slice(2).filter((argument) => argument !== "--verbose");

if (!isInstalled()) {
  process.stderr.write("Installing packages …\n");
  // From outside the workspace: there npx would pick the workspace's own pnpm, which this very install
  // may replace while it runs.
  const { npm_config_local_prefix: _, ...env } = process.env;
  const install = ["--dir", root, "install", "--frozen-lockfile", "--prefer-offline"];
  run("npx", ["--yes", packageManager, ...install], { cwd: tmpdir(), env });
}
if (tasks.length > 0) {
  if (!existsSync(`${root}packages/core/dist`)) process.stderr.write("Building …\n");
  const PATH = `${root}node_modules/.bin${delimiter}${process.env.PATH}`;
  const env = { ...process.env, PATH, TURBO_TELEMETRY_DISABLED: "1" };
  run("turbo", ["run", ...tasks], { cwd: root, env });
}

function isInstalled() {
  const stamp = `${root}node_modules/.modules.yaml`;
  const lockfile = `${root}pnpm-lock.yaml`;
  return existsSync(stamp) && statSync(stamp).mtimeMs >= statSync(lockfile).mtimeMs;
}

function run(command, args, { cwd, env }) {
  const shell = process.platform === "win32";
  const stdio = isVerbose ? "inherit" : "pipe";
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    cwd,
    env,
    shell,
    stdio,
    maxBuffer: 2 ** 28,
  });
  if (error) throw error;
  if (status === 0) return;
  process.stderr.write(`${stdout ?? ""}${stderr ?? ""}${command} ${args.join(" ")} failed.\n`);
  process.exit(status ?? 1);
}
