// Gives what CHANGELOG.md lists as unreleased the version that the packages have now, and today's date.
import { readFileSync, writeFileSync } from "node:fs";

const HEADING = "## Unreleased\n";

const { version } = JSON.parse(readFileSync("packages/core/package.json", "utf8"));
const changelog = readFileSync("CHANGELOG.md", "utf8");
if (!changelog.includes(HEADING)) throw new Error('CHANGELOG.md has no heading "## Unreleased".');
const today = new Date().toISOString().slice(0, 10);
writeFileSync("CHANGELOG.md", changelog.replace(HEADING, `${HEADING}\n## ${version} (${today})\n`));
