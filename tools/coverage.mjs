// Measures which code the tests run, and fails below what is promised: nine of ten lines and branches in adapters and of recurring
// schedules; in core and in the packages that need no service, all that can happen. `npm run coverage -- core` measures one of them.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));

/** Adapters that share code are measured by the tests of all of them. */
const MEASURED = {
  core: { projects: ["core"], percent: 100 },
  consumer: { projects: ["consumer"], percent: 100 },
  doctor: { projects: ["doctor"], percent: 100 },
  recurring: { projects: ["recurring"], percent: 90 },
  webhook: { projects: ["webhook"], percent: 100 },
  "s3-scheduler": { projects: ["s3-scheduler"], percent: 100 },
  fs: { projects: ["adapter-fs"], percent: 90 },
  s3: {
    projects: ["adapter-kit", "s3-protocol", "s3-fast-lane", "adapter-s3", "adapter-minio"],
    percent: 90,
  },
  gcs: { projects: ["adapter-gcs"], percent: 90 },
  azure: { projects: ["adapter-azure"], percent: 90 },
};

const names = process.argv.slice(2);
const unknown = names.filter((name) => MEASURED[name] === undefined);
if (unknown.length > 0) {
  console.error(`No "${unknown[0]}" is measured. Known: ${Object.keys(MEASURED).join(", ")}.`);
  process.exit(2);
}

const failed = [];
for (const name of names.length > 0 ? names : Object.keys(MEASURED)) {
  if (!measure(name, MEASURED[name])) failed.push(name);
}
if (failed.length > 0) {
  console.error(`Below what is promised, or failing: ${failed.join(", ")}.`);
  process.exit(1);
}

function measure(name, { projects, percent }) {
  console.log(`\n${name}: at least ${percent} % of lines and branches`);
  const vitest = `${root}node_modules/vitest/vitest.mjs`;
  const { status, error } = spawnSync(
    process.execPath,
    [
      vitest,
      "run",
      "--reporter=dot",
      "--coverage.enabled",
      `--coverage.reportsDirectory=coverage/${name}`,
      "--coverage.reporter=text",
      "--coverage.reporter=json",
      "--coverage.skipFull",
      "--coverage.exclude=**/*.test.ts",
      `--coverage.exclude=packages/${projects[0] === "core" ? "core/src/test-support" : "*/src/testing"}/**`,
      `--coverage.thresholds.lines=${percent}`,
      `--coverage.thresholds.branches=${percent}`,
      ...projects.flatMap((project) => [
        `--project=${project}`,
        `--coverage.include=packages/${project}/src/**/*.ts`,
      ]),
    ],
    { cwd: root, stdio: "inherit", env: { ...process.env, MEASURES_SOURCES: "yes" } },
  );
  if (error) throw error;
  return status === 0;
}
