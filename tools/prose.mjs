// Finds phrases that make technical English hard to read, in documentation, comments, messages and names.
// `node tools/prose.mjs` checks every tracked file, `node tools/prose.mjs README.md packages/core` only those. Exits with 1 if it finds one.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";

/** Each phrase, and what to write instead. */
const PHRASES = [
  [/\b(?:tells?|told)\b/i, "reports, notifies, passes, says"],
  [
    /\bstands? (?:in|at|on|for|there|by|as|here|together|under|still|alone)\b/i,
    "is, means, is stored",
  ],
  [/\b(?:whoever|whichever|whatever)\b/i, "name the actor: a caller that …"],
  [/\b(?:nobody|somebody)\b/i, "name the actor: no sweeper, another writer"],
  [/\b(?:elder|eldest|younger|youngest)\b/i, "older, oldest, newer, newest"],
  [/\b(?:anew|in vain|seldom|whereof|thereby|beside)\b/i, "again, for nothing, rarely, next to"],
  [/\b(?:is|are|was|be) none\b|\bnone (?:is|are)\b/i, "there is no …"],
  [/\b(?:let|lets|letting) go\b/i, "release"],
  [
    /\b(?:mend(?:s|ed|ing)?|bur(?:y|ies|ied|ial)|condemn(?:s|ed)?|doomed|in hand)\b/i,
    "fix, move to the dead letters, in flight",
  ],
  [
    /\breckon(?:s|ed)?\b|\bcomes? along\b|\bwants? (?:an?|to be|one)\b/i,
    "calculates, is part of, needs",
  ],
  [
    /\b(?:lies|lay|lie) (?:at|in|under|on|there|between|after|before)\b/i,
    "is stored under, is after",
  ],
  [/\bat once\b/i, "immediately, at the same time"],
  [/(?:^|[.;] )Else\b(?! *(?:if|\{))/, "Otherwise"],
  [/\bone's\b|\bof (?:its|their|our|his) own\b/i, "its own …, a separate …"],
  [/\bas (?:they|it) stands?\b/i, "unchanged"],
  [/\bonce more\b|\bagain and again\b/i, "again, one more time"],
];

const CHECKED = /\.(?:md|ts|tsx|mjs|cts|yaml|tf)$/;
/** Generated, or input that a test gives on purpose. */
const EXEMPT = /pnpm-lock|(?:^|\/)fixtures\/|vectors|^tools\/prose\./;

/** Returns the line number, the phrase and the advice of each hit in a file's text. */
export function hitsIn(path, text) {
  const isMarkdown = path.endsWith(".md");
  const hits = [];
  let isFenced = false;
  for (const [index, line] of text.split("\n").entries()) {
    if (isMarkdown && /^\s*(?:```|~~~)/.test(line)) isFenced = !isFenced;
    if (isFenced) continue;
    const prose = isMarkdown ? line.replace(/`[^`]*`/g, "").replace(/\]\([^)]*\)/g, "]") : line;
    for (const [phrase, advice] of PHRASES) {
      const found = prose.match(phrase);
      if (found !== null) hits.push({ line: index + 1, found: found[0].trim(), advice });
    }
  }
  return hits;
}

/** The tracked files under the paths that are checked. */
function filesUnder(paths) {
  const cwd = fileURLToPath(new URL("../", import.meta.url));
  const tracked = execFileSync("git", ["ls-files", "--", ...paths], { cwd, encoding: "utf8" });
  const files = tracked.split("\n").filter((path) => CHECKED.test(path) && !EXEMPT.test(path));
  return files.map((path) => ({ path, text: readFileSync(`${cwd}${path}`, "utf8") }));
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  let count = 0;
  for (const { path, text } of filesUnder(process.argv.slice(2))) {
    for (const { line, found, advice } of hitsIn(path, text)) {
      console.log(`${path}:${line}: "${found}": write ${advice}`);
      count += 1;
    }
  }
  console.log(count === 0 ? "The prose is plain." : `${count} phrases to rewrite.`);
  process.exitCode = count === 0 ? 0 : 1;
}
