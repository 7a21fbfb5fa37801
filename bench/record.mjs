// What every benchmark leaves behind: bench/results/NAME.json with the machine and the versions, docs/images/NAME.svg.
import { execFileSync } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { cpus, release, totalmem } from "node:os";
import { fileURLToPath } from "node:url";

const RESULTS = new URL("./results/", import.meta.url);
const IMAGES = new URL("../docs/images/", import.meta.url);

export async function record(name, result, svg) {
  const versions = { ...(await clientVersions()), ...result.versions };
  const whole = { measured: today(), machine: machine(), ...result, versions };
  await mkdir(RESULTS, { recursive: true });
  await writeFile(new URL(`${name}.json`, RESULTS), `${JSON.stringify(whole, undefined, 2)}\n`);
  console.log(`written: ${fileURLToPath(new URL(`${name}.json`, RESULTS))}`);
  if (svg === undefined) return;
  await mkdir(IMAGES, { recursive: true });
  await writeFile(new URL(`${name}.svg`, IMAGES), svg);
  console.log(`plot: ${fileURLToPath(new URL(`${name}.svg`, IMAGES))}`);
}

/** `undefined` if the benchmark has never been run. */
export async function recorded(name) {
  try {
    return JSON.parse(await readFile(new URL(`${name}.json`, RESULTS), "utf8"));
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** What a program says of its version: the first thing in its answer that looks like one. */
export function versionOf(command, args = ["--version"]) {
  return /\d+\.\d+(\.\d+)?/.exec(execFileSync(command, args, { encoding: "utf8" }))?.[0];
}

function today() {
  return new Date().toISOString().slice(0, 10);
}

function machine() {
  const all = cpus();
  return {
    cpu: all[0]?.model.trim(),
    cores: all.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${release()}`,
  };
}

async function clientVersions() {
  const { dependencies } = JSON.parse(
    await readFile(new URL("./package.json", import.meta.url), "utf8"),
  );
  const clients = Object.entries(dependencies).filter(([name]) => !name.startsWith("@keywhen/"));
  const keywhen = execFileSync("git", ["rev-parse", "--short", "HEAD"], {
    cwd: fileURLToPath(RESULTS).replace(/results\/$/, ""),
    encoding: "utf8",
  }).trim();
  return { node: process.versions.node, keywhen, ...Object.fromEntries(clients) };
}
