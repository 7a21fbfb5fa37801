// Prepares the machine, runs every test of the workspace, names what could not be tested, and ends with the plain line
// "N passed, N failed" (", N skipped"). With TEST_TOTALS_FILE, the name of a file, it counts what earlier runs have noted there
// as well, so that the last of several runs prints the totals.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describeSkips } from "./describe-skips.mjs";

const { CI, TEST_TOTALS_FILE: totalsFile } = process.env;
const root = fileURLToPath(new URL("../", import.meta.url));
const prepare = run(`${root}tools/prepare-tests.mjs`, [...(isReal() ? ["--real"] : [])]);
if (prepare.status !== 0) process.exit(prepare.status || 1);

const work = mkdtempSync(join(tmpdir(), "keywhen-test-"));
process.on("exit", () => rmSync(work, { recursive: true, force: true }));
const report = join(work, "report.json");
const skips = join(work, "skips");

const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
const END_WITH_PARENT = new URL("../tests/servers/dist/end-with-parent.js", import.meta.url).href;
const tests = run(
  `${root}node_modules/vitest/vitest.mjs`,
  ["run", ...reporters, ...process.argv.slice(2)],
  { execArgv: ["--import", END_WITH_PARENT], env: { TEST_SKIPS_FILE: skips } },
);
if (!existsSync(report)) {
  console.error("The test runner ended without a report.");
  process.exit(tests.status || 1);
}

const found = JSON.parse(readFileSync(report, "utf8"));
const counted = count(found);
const isGood = tests.status === 0 && counted.failed === 0 && counted.passed > 0;
const { lines, isExplained } = describeSkips(found.testResults, readSkips());
if (!isFiltered()) for (const line of lines) console.error(line);
const mayNotSkip = Boolean(CI) && counted.skipped > 0;
if (mayNotSkip) console.error("In CI no test may be skipped.");

const { passed, failed, skipped } = withEarlierRuns(counted, totalsFile);
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
const isSilent = !isExplained && !isFiltered();
if (!isGood || mayNotSkip || isSilent) process.exit(tests.status || 1);

function isReal() {
  return process.argv.some((argument) => argument.includes("vitest.real.config"));
}

/** Vitest counts the tests as skipped that `-t` leaves out. */
function isFiltered() {
  return process.argv.some((argument) => /^(-t|--testNamePattern)\b/.test(argument));
}

function run(script, args, { execArgv = [], env = {} } = {}) {
  const result = spawnSync(process.execPath, [...execArgv, script, ...args], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, ...env },
  });
  if (result.error) throw result.error;
  return result;
}

function readSkips() {
  if (!existsSync(skips)) return [];
  const lines = readFileSync(skips, "utf8").trim().split("\n");
  return lines.map((line) => JSON.parse(line));
}

function count({ numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults }) {
  // A file that can't even be loaded has no tests to count, but has failed.
  const brokenFiles = testResults.filter(
    ({ status, assertionResults }) =>
      status === "failed" && assertionResults.every((test) => test.status !== "failed"),
  ).length;
  return {
    passed: numPassedTests,
    failed: numFailedTests + brokenFiles,
    skipped: numPendingTests + numTodoTests,
  };
}

function withEarlierRuns(counted, file) {
  if (!file) return counted;
  const earlier = existsSync(file)
    ? JSON.parse(readFileSync(file, "utf8"))
    : { passed: 0, failed: 0, skipped: 0 };
  const totals = Object.fromEntries(
    Object.entries(counted).map(([name, number]) => [name, number + earlier[name]]),
  );
  writeFileSync(file, JSON.stringify(totals));
  return totals;
}
