import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { parse } from "yaml";
import { filesOf } from "../docs/files.js";
import { publicPackages, ROOT } from "./public-packages.js";
import { run } from "./run.js";

/** Copies what a release reads and writes to a new repository. */
async function copyOfRepository(): Promise<string> {
  const copy = mkdtempSync(join(tmpdir(), "keywhen-release-"));
  onTestFinished(() => rmSync(copy, { recursive: true }));
  const files = filesOf(
    /^(?:[^/]+\/){0,2}package\.json$|^pnpm-.*\.yaml$|^\.changeset\/|^CHANGELOG\.md$|^tools\//,
  );
  for (const file of files) cpSync(join(ROOT, file), join(copy, file));
  await run("git", ["init", "--quiet"], { cwd: copy });
  return copy;
}

const readJson = (folder: string, file: string) =>
  JSON.parse(readFileSync(join(folder, file), "utf8"));

const manifestFiles = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
    /^[^.].*\/package\.json$/.test(file),
  );

const versionsIn = (folder: string) =>
  manifestFiles(folder).map((file) => [file, readJson(folder, file).version]);

/** What merging a change and then the pull request of `release.yml` does to the repository. */
async function raiseVersions(copy: string): Promise<string> {
  await run(process.execPath, ["tools/release-version.mjs"], { cwd: copy });
  return readFileSync(join(copy, "CHANGELOG.md"), "utf8");
}

const TODAY = new Date().toISOString().slice(0, 10);

describe("the packages", () => {
  it("have one version, which is the newest in the changelog", () => {
    const version = publicPackages[0]?.manifest.version;
    for (const { name, manifest } of publicPackages) expect(manifest.version, name).toBe(version);
    const changelog = readFileSync(join(ROOT, "CHANGELOG.md"), "utf8");
    const [newest] = changelog.match(/(?<=^## )\d\S*/m) ?? [];
    expect(newest).toBe(version);
  });
});

describe("a release", () => {
  it("dates the changelog of the first version, which the packages have already", async () => {
    const copy = await copyOfRepository();
    const before = versionsIn(copy);
    const changelog = await raiseVersions(copy);
    expect(versionsIn(copy)).toEqual(before);
    expect(changelog).toContain(`\n## Unreleased\n\n## 0.1.0 (${TODAY})\n`);
    expect(changelog).not.toContain("not released yet");
  });

  it("raises all packages by the size of the change, and dates what is new", async () => {
    const copy = await copyOfRepository();
    const first = await raiseVersions(copy);
    const withChange = first.replace("## Unreleased\n", "## Unreleased\n\n- A change.\n");
    writeFileSync(join(copy, "CHANGELOG.md"), withChange);
    const changeset = '---\n"@keywhen/core": minor\n---\n\nA change.\n';
    writeFileSync(join(copy, ".changeset/a-change.md"), changeset);
    const changelog = await raiseVersions(copy);

    const versions = versionsIn(copy);
    expect(versions.length).toBeGreaterThan(20);
    expect(versions).toEqual(versions.map(([file]) => [file, "0.2.0"]));
    expect(changelog).toContain(`\n## Unreleased\n\n## 0.2.0 (${TODAY})\n\n- A change.\n`);
    // One changelog for all packages: what a user notices is described once.
    expect(readdirSync(join(copy, "packages/core"))).toEqual(["package.json"]);
  });
});

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Workflow {
  readonly on: unknown;
  readonly permissions: object;
  readonly jobs: Readonly<
    Record<
      string,
      {
        readonly uses?: string;
        readonly steps?: readonly Step[];
        readonly needs?: string;
        readonly permissions?: object;
        readonly "timeout-minutes"?: number;
      }
    >
  >;
}

const WORKFLOWS = join(ROOT, ".github/workflows");
const readWorkflow = (name: string): Workflow =>
  parse(readFileSync(join(WORKFLOWS, name), "utf8"), { strict: true });

describe.each(readdirSync(WORKFLOWS))("the workflow %s", (name) => {
  const { permissions, jobs } = readWorkflow(name);
  const steps = Object.values(jobs).flatMap((job) => job.steps ?? []);

  it("names actions by their major version, and only scripts and files that there are", () => {
    expect(steps.length).toBeGreaterThan(1);
    for (const { uses } of steps) {
      if (uses !== undefined) expect(uses).toMatch(/^[\w-]+\/[\w-]+@v\d+$/);
    }
    const { scripts } = readJson(ROOT, "package.json");
    const commands = steps
      .flatMap((step) => [step.run, ...Object.values(step.with ?? {})])
      .map(String);
    const named = commands.flatMap((command) => /^npm run ([\w:-]+)$/.exec(command)?.[1] ?? []);
    for (const script of named) expect(Object.keys(scripts)).toContain(script);
    for (const { uses } of Object.values(jobs)) {
      if (uses !== undefined) readFileSync(join(ROOT, uses));
    }
  });

  it("may do no more than it says, and ends by itself", () => {
    expect(JSON.stringify(permissions)).not.toContain("write");
    for (const job of Object.values(jobs)) {
      if (job.steps !== undefined) expect(job["timeout-minutes"]).toBeLessThanOrEqual(90);
    }
  });
});

describe("the workflows", () => {
  it("check every change with what also runs by hand", () => {
    const { on, jobs } = readWorkflow("ci.yml");
    expect(on).toHaveProperty("pull_request");
    expect(jobs["check"]?.steps?.map((step) => step.run)).toContain(".ci/run");
  });

  it("publish what has passed, with provenance, once no changeset waits", () => {
    const { jobs } = readWorkflow("release.yml");
    expect(jobs["check"]?.uses).toBe("./.github/workflows/ci.yml");
    expect(jobs["release"]).toMatchObject({
      needs: "check",
      permissions: { "id-token": "write" },
      steps: expect.arrayContaining([
        expect.objectContaining({
          uses: "changesets/action@v1",
          if: "hashFiles('.changeset/*.md') == ''",
          with: { publish: "npx changeset publish" },
          env: expect.objectContaining({ NPM_CONFIG_PROVENANCE: "true" }),
        }),
      ]),
    });
  });
});
