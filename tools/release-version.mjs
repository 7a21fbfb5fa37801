// Makes the next version from the changesets that wait in .changeset: raises all packages, which have one version, by the largest of
// their sizes, removes the changesets, and dates what CHANGELOG.md lists as not released yet. `changeset version` can't do
// it: it makes a minor change of a peer dependency a major one of everything that has it, which would be 1.0.0.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";

const SIZES = ["patch", "minor", "major"];

const changesets = readdirSync(".changeset")
  .filter((file) => file.endsWith(".md"))
  .map((file) => `.changeset/${file}`);
const { version } = readManifest("packages/core/package.json");
const next = raise(version, largestOf(changesets.flatMap(sizesIn)));

for (const file of manifests()) setVersion(file, next);
for (const file of changesets) rmSync(file);
dateChangelog(next);
console.log(next === version ? `Stays at ${version}.` : `${version} → ${next}`);

/** One size for each package that a changeset names; none if it is empty. */
function sizesIn(file) {
  const [, header = ""] = /^---\n(.*?)^---$/ms.exec(readFileSync(file, "utf8")) ?? [];
  return header
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const size = /^["'].+["']: (\w+)$/.exec(line)?.[1];
      if (SIZES.includes(size)) return size;
      throw new Error(`${file}: "${line}" must be like "@keywhen/core": minor`);
    });
}

function largestOf(sizes) {
  return SIZES.findLast((size) => sizes.includes(size));
}

function raise(current, size) {
  const [major, minor, patch] = current.split(".").map(Number);
  if (size === "major") return `${major + 1}.0.0`;
  if (size === "minor") return `${major}.${minor + 1}.0`;
  return size === "patch" ? `${major}.${minor}.${patch + 1}` : current;
}

function manifests() {
  const list = ["ls-files", "--cached", "--others", "--exclude-standard", "*/package.json"];
  return execFileSync("git", list, { encoding: "utf8" }).trim().split("\n");
}

function readManifest(file) {
  return JSON.parse(readFileSync(file, "utf8"));
}

function setVersion(file, to) {
  writeFileSync(file, `${JSON.stringify({ ...readManifest(file), version: to }, null, 2)}\n`);
}

function dateChangelog(released) {
  const changelog = readFileSync("CHANGELOG.md", "utf8");
  const headings = ["## Unreleased\n", `## ${released} (not released yet)\n`];
  const heading = headings.find((one) => changelog.includes(one));
  if (heading === undefined) throw new Error('CHANGELOG.md has no heading "## Unreleased".');
  const dated = `## Unreleased\n\n## ${released} (${new Date().toISOString().slice(0, 10)})\n`;
  writeFileSync("CHANGELOG.md", changelog.replace(heading, dated));
}
