// Changes core's code in one small way after the other and checks whether the tests next to it fail: file by file, so that
// it can be broken off at any time and goes on where it was. `npm run mutation -- lease event-table` tries some folders,
// `-- lease/lease-state.ts` one file, `-- --report` only writes docs/mutation.md and the list of unnoticed changes from what is
// known.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const core = join(root, "packages/core");
const results = join(core, "coverage/mutation");
const UNNOTICED = "packages/core/coverage/mutation/unnoticed.md";

/** Where an untold mistake costs events: keys, the lease, the sweep. */
const FOLDERS = ["key", "lease", "event-table", "sweep"];
/** In each folder. */
const LEAST_PERCENT = 86;

const isReport = process.argv.includes("--report");
const wanted = process.argv.slice(2).filter((argument) => argument !== "--report");
const files = FOLDERS.flatMap(filesIn);
const chosen = files.filter((file) => wanted.length === 0 || wanted.some((one) => isIn(file, one)));
if (chosen.length === 0) {
  console.error(`Nothing to change in "${wanted.join(" ")}". Folders: ${FOLDERS.join(", ")}.`);
  process.exit(2);
}
if (!isReport) for (const file of chosen) mutate(file);
const found = files.flatMap(readResult);
writeFileSync(join(root, "docs/mutation.md"), summary(found));
mkdirSync(results, { recursive: true });
writeFileSync(join(root, UNNOTICED), listUnnoticed(found));
console.log(`The changes that no test noticed: ${UNNOTICED}`);
const low = FOLDERS.map((folder) => ({
  folder,
  ...sum(found.filter(({ file }) => isIn(file, folder))),
})).filter(({ all, percent }) => all > 0 && percent < LEAST_PERCENT);
for (const { folder, percent } of low) {
  console.error(`${folder}: ${percent} % are noticed; at least ${LEAST_PERCENT} % are promised.`);
}
if (low.length > 0) process.exitCode = 1;

function filesIn(folder) {
  return readdirSync(join(core, "src", folder), { recursive: true })
    .map((name) => `${folder}/${name}`)
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
    .filter((name) => !isOfTypesAlone(readFileSync(join(core, "src", name), "utf8")))
    .sort();
}

/** Nothing in it can be changed. */
function isOfTypesAlone(source) {
  return !/^(export )?(async )?(function|const|let|class) /m.test(source);
}

function isIn(file, wantedPath) {
  return file === wantedPath || file.startsWith(`${wantedPath}/`);
}

function mutate(file) {
  console.log(file);
  const result = resultOf(file);
  mkdirSync(dirname(result), { recursive: true });
  const { status, error } = spawnSync(
    process.execPath,
    [
      join(root, "node_modules/@stryker-mutator/core/bin/stryker.js"),
      "run",
      `--mutate=src/${file}`,
      `--incrementalFile=${result}`,
    ],
    { cwd: core, stdio: "inherit", env: { ...process.env, MUTATION_TESTS: testsFor(file) } },
  );
  if (error) throw error;
  if (status !== 0 && !existsSync(result)) process.exit(status ?? 1);
}

/** All tests of the same folder; of them, each change runs those that come by it. Sweepers that share a schedule are tested in lease. */
function testsFor(file) {
  const folder = file.slice(0, file.indexOf("/"));
  return `src/${folder === "sweep" ? "{sweep,lease}" : folder}/**/*.test.ts`;
}

function resultOf(file) {
  return join(results, `${file}.json`);
}

/** The source that was mutated, and its mutants; undefined if it never was. */
function measured(file) {
  if (!existsSync(resultOf(file))) return undefined;
  const known = JSON.parse(readFileSync(resultOf(file), "utf8")).files;
  return Object.values(known)[0];
}

function isMeasuredAsItIs(file) {
  return measured(file)?.source === readFileSync(join(core, "src", file), "utf8");
}

/** The day on which a file was last measured, as a list of at most one. */
function dayMeasured(file) {
  if (!existsSync(resultOf(file))) return [];
  return statSync(resultOf(file)).mtime.toISOString().slice(0, 10);
}

/** What became of each change of a file. */
function readResult(file) {
  const source = measured(file);
  const lines = source?.source.split("\n") ?? [];
  return (source?.mutants ?? [])
    .filter(({ status }) => status !== "Ignored")
    .map(({ status, location, mutatorName, replacement }) => ({
      file,
      isNoticed: status === "Killed" || status === "Timeout",
      line: location.start.line,
      code: (lines[location.start.line - 1] ?? "").trim(),
      change: replacement === undefined ? mutatorName : oneLine(replacement),
    }));
}

function oneLine(text) {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length > 60 ? `${line.slice(0, 57)}…` : line;
}

function sum(mutants) {
  const noticed = mutants.filter(({ isNoticed }) => isNoticed).length;
  const percent = mutants.length === 0 ? 0 : Math.floor((1_000 * noticed) / mutants.length) / 10;
  return { all: mutants.length, noticed, open: mutants.length - noticed, percent };
}

function row(name, mutants) {
  const { all, noticed, percent } = sum(mutants);
  return `| ${name} | ${all} | ${noticed} | ${percent} % |`;
}

function summary(mutants) {
  const rows = FOLDERS.flatMap((folder) => {
    const inside = mutants.filter(({ file }) => isIn(file, folder));
    const folders = [...new Set(inside.map(({ file }) => dirname(file)))].sort();
    const parts = folders.map((part) =>
      row(
        `\`${part}/\``,
        inside.filter(({ file }) => dirname(file) === part),
      ),
    );
    return [row(`**${folder}**`, inside), ...(parts.length > 1 ? parts : [])];
  });
  const { all, noticed, percent } = sum(mutants);
  const unmeasured = files.filter((file) => !isMeasuredAsItIs(file));
  const days = files.flatMap(dayMeasured).sort();
  const measuredOn =
    days[0] === days.at(-1) ? `on ${days[0]}` : `from ${days[0]} to ${days.at(-1)}`;
  return `# Mutation tests of core

\`npm run mutation\` changes the code of \`packages/core/src/{key,lease,event-table,sweep}\` in one small way at a time (negates a
condition, removes a call, replaces a number or a text) and runs the tests of the same folder, for \`sweep\` those of \`lease\` too. A change that no test
notices may be an untested promise. Less than ${LEAST_PERCENT} % noticed in a folder is an error.
The command writes unnoticed changes to \`${UNNOTICED}\`;
[decision 33](decisions/0033-coverage-and-mutation.md) says why some remain.

| folder | changes | noticed | |
| --- | --- | --- | --- |
${rows.join("\n")}
| all | ${all} | ${noticed} | ${percent} % |

Measured ${measuredOn}. Tests that take long (tag \`slow\`) are left out. Tests of other folders, of messages
(\`tests/docs/messages\`), on servers and the simulation, which notice more, do not count. A test that waits for what does not happen any more
has noticed the change.

Not measured, or changed since: ${unmeasured.length === 0 ? "nothing" : unmeasured.map((file) => `\`${file}\``).join(", ")}.
`;
}

/** Every change that no test noticed, file by file. */
function listUnnoticed(mutants) {
  const open = mutants.filter(({ isNoticed }) => !isNoticed);
  const lists = [...new Set(open.map(({ file }) => file))].map((file) =>
    [
      `## ${file}`,
      "",
      ...open
        .filter((one) => one.file === file)
        .map(
          ({ line, code, change }) =>
            `* ${line}: \`${code.replaceAll("`", "´")}\` → \`${change.replaceAll("`", "´") || "nothing"}\``,
        ),
      "",
    ].join("\n"),
  );
  return `# Changes that no test noticed\n\n${lists.join("\n")}`;
}
