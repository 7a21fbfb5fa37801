// Runs every test of the workspace and ends with the plain line "N passed, N failed" (", N skipped").
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

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

const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(
  readFileSync(report, "utf8"),
);
// A file that can't even be loaded has no tests to count, but has failed.
const brokenFiles = testResults.filter(
  ({ status, assertionResults }) =>
    status === "failed" && assertionResults.every((test) => test.status !== "failed"),
).length;
const failed = numFailedTests + brokenFiles;
const skipped = numPendingTests + numTodoTests;
const mayNotSkip = Boolean(process.env.CI) && skipped > 0;
if (mayNotSkip) console.error("In CI no test may be skipped.");

console.log(
  `${numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`,
);
if (run.status !== 0 || failed > 0 || numPassedTests === 0 || mayNotSkip)
  process.exit(run.status || 1);
