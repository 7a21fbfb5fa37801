// Makes a fresh clone ready with only Node and npm: installs the workspace with the pinned pnpm
// when node_modules does not match the lockfile, then hands its arguments to turbo (telemetry off).
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const { packageManager } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
const shell = process.platform === "win32";
const env = {
  ...process.env,
  TURBO_TELEMETRY_DISABLED: "1",
  PATH: `${root}node_modules/.bin${delimiter}${process.env.PATH}`,
};
const run = (cmd, args, cwd = root) => {
  const { status, error } = spawnSync(cmd, args, { cwd, stdio: "inherit", env, shell });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
};

const stamp = `${root}node_modules/.modules.yaml`;
const fresh =
  existsSync(stamp) && statSync(stamp).mtimeMs >= statSync(`${root}pnpm-lock.yaml`).mtimeMs;
if (!fresh) {
  // From outside the workspace, else npx would pick node_modules/.bin/pnpm, which this very
  // install may delete while it runs.
  delete env.npm_config_local_prefix;
  const install = ["--dir", root, "install", "--frozen-lockfile", "--prefer-offline"];
  run("npx", ["--yes", packageManager, ...install], tmpdir());
}
if (process.argv.length > 2) run("turbo", ["run", ...process.argv.slice(2)]);
