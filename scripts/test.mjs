// Runs every test of the workspace and ends with the plain line "N passed, N failed" (", N skipped"). With KEYWHEN_TEST_TOTALS,
// the name of a file, it counts what earlier runs have noted there as well, so that the last of several runs tells of all.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const { CI, KEYWHEN_TEST_TOTALS: totalsFile } = process.env;
const root = fileURLToPath(new URL("../", import.meta.url));
const report = `${root}test-report.json`;
rmSync(report, { force: true });

const vitest = `${root}node_modules/vitest/vitest.mjs`;
const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
const run = spawnSync(process.execPath, [vitest, "run", ...reporters, ...process.argv.slice(2)], {
  cwd: root,
  stdio: "inherit",
});
if (run.error) throw run.error;
if (!existsSync(report)) {
  console.error("The test runner ended without a report.");
  process.exit(run.status || 1);
}

const counted = count(JSON.parse(readFileSync(report, "utf8")));
const isGood = run.status === 0 && counted.failed === 0 && counted.passed > 0;
const mayNotSkip = Boolean(CI) && counted.skipped > 0;
if (mayNotSkip) console.error("In CI no test may be skipped.");

const { passed, failed, skipped } = withEarlierRuns(counted, totalsFile);
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
if (!isGood || mayNotSkip) process.exit(run.status || 1);

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
