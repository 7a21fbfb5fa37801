// Prepares what the tests use besides npm's packages: as root on a machine with apt-get it installs what is missing, elsewhere
// the tests use what is there. `--real` adds what `npm run test:real` uses. After a build.
import { spawnSync } from "node:child_process";
import { installCommand, REAL_TEST_NEEDS, TEST_NEEDS } from "../tests/servers/dist/test-needs.js";

/** A machine without internet must not wait for minutes; another apt-get that runs may end first. */
const APT = [
  "-o",
  "Acquire::Retries=1",
  "-o",
  "Acquire::http::Timeout=15",
  "-o",
  "Acquire::https::Timeout=15",
  "-o",
  "DPkg::Lock::Timeout=120",
];

const isReal = process.argv.includes("--real");
const needs = Object.values(isReal ? { ...TEST_NEEDS, ...REAL_TEST_NEEDS } : TEST_NEEDS);
const missing = needs.filter((need) => !need.isThere());
if (missing.length > 0 && mayInstall()) install(missing);

function mayInstall() {
  return process.getuid?.() === 0 && spawnSync("apt-get", ["--version"]).status === 0;
}

function install(missing) {
  const names = missing.map(({ name }) => name).join(", ");
  console.error(`Installing what the tests use and this machine lacks: ${names}`);
  console.error(`  ${installCommand(missing)}`);
  apt("update");
  const args = ["install", "-y", "--no-install-recommends"];
  if (apt(...args, ...missing.flatMap(({ packages }) => packages))) return;
  // One package that this system does not have must not keep the others out.
  const failed = missing.filter(({ packages }) => !apt(...args, ...packages));
  if (failed.length === 0) return;
  const left = failed.map(({ name }) => name).join(", ");
  console.error(`apt-get could not install ${left}; it says why above.`);
  if (process.env.CI) process.exit(1);
  console.error("The tests go on without, skip what needs it, and name it at the end.");
}

function apt(...args) {
  // dpkg refuses to work without the programs of the system folders.
  const PATH = `${process.env.PATH}:/usr/sbin:/sbin`;
  const env = { ...process.env, PATH, DEBIAN_FRONTEND: "noninteractive" };
  const { status, error } = spawnSync("apt-get", [...APT, ...args], {
    stdio: ["ignore", "inherit", "inherit"],
    env,
  });
  if (error) throw error;
  return status === 0;
}
