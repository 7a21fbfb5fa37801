// Says at the end of a test run what could not be tested, why, and which one command would change that.
import { installCommand } from "../tests/servers/dist/test-needs.js";

const SKIPPED = new Set(["pending", "skipped", "todo", "disabled"]);

/**
 * Takes vitest's results and the skips that skipUnless() recorded (file, need, packages). A skipped test in a file that
 * recorded nothing is not explained: no line would say why it did not run.
 */
export function describeSkips(testResults, recorded) {
  const byNeeds = new Map();
  const silent = [];
  for (const { name, assertionResults, status } of testResults) {
    const count = assertionResults.filter((test) => SKIPPED.has(test.status)).length;
    if (count === 0) continue;
    const needs = new Set(recorded.filter(({ file }) => file === name).map(({ need }) => need));
    const label = [...needs].join(" and ");
    if (label !== "") byNeeds.set(label, (byNeeds.get(label) ?? 0) + count);
    // After a failed hook vitest calls the file's other tests skipped; the failure explains them.
    else if (status !== "failed") silent.push(`  ${count} in ${name}: use skipUnless()`);
  }
  return {
    lines: [...explained(byNeeds, recorded), ...unexplained(silent)],
    isExplained: silent.length === 0,
  };
}

function explained(byNeeds, recorded) {
  if (byNeeds.size === 0) return [];
  const lines = [...byNeeds].map(([label, count]) => `  ${count} without ${label}`);
  const packages = new Set(recorded.flatMap((skip) => skip.packages));
  const command = installCommand([{ packages: [...packages].sort() }]);
  const remedy =
    packages.size === 0
      ? []
      : [`To run them on Debian or Ubuntu: sudo apt-get update && sudo ${command}`];
  return ["", "Not tested, because this machine lacks something:", ...lines, ...remedy];
}

function unexplained(silent) {
  return silent.length === 0 ? [] : ["", "Skipped without saying why:", ...silent];
}
