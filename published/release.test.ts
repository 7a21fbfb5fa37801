import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { parse } from "yaml";
import { publicPackages, ROOT } from "./public-packages.js";
import { run } from "./run.js";

/** What a release reads and writes, in a repository of its own. */
async function copyOfRepository(): Promise<string> {
  const copy = mkdtempSync(join(tmpdir(), "keywhen-release-"));
  onTestFinished(() => rmSync(copy, { recursive: true }));
  const patterns = [
    "package.json",
    "*/package.json",
    "*/*/package.json",
    "pnpm-*.yaml",
    ".changeset",
  ];
  const listed = await run("git", ["ls-files", ...patterns, "CHANGELOG.md", "scripts"], {
    cwd: ROOT,
  });
  for (const file of listed.trim().split("\n")) cpSync(join(ROOT, file), join(copy, file));
  await run("git", ["init", "--quiet"], { cwd: copy });
  return copy;
}

const readJson = (folder: string, file: string) =>
  JSON.parse(readFileSync(join(folder, file), "utf8"));

describe("a release", () => {
  it("raises all packages to one version, and dates what is new in it", async () => {
    const copy = await copyOfRepository();
    const changeset = '---\n"@keywhen/cost": minor\n---\n\nA change.\n';
    writeFileSync(join(copy, ".changeset/a-change.md"), changeset);
    const { scripts } = readJson(ROOT, "package.json");
    const PATH = `${join(ROOT, "node_modules/.bin")}:${process.env["PATH"]}`;
    await run("sh", ["-c", scripts["release:version"]], { cwd: copy, env: { PATH } });

    const versions = publicPackages.map(
      ({ folder }) => readJson(copy, `${folder}/package.json`).version,
    );
    const [next] = versions;
    expect(next).not.toBe(publicPackages[0]?.manifest.version);
    expect(versions).toEqual(publicPackages.map(() => next));
    const changelog = readFileSync(join(copy, "CHANGELOG.md"), "utf8");
    expect(changelog).toMatch(/^# Changelog\n\n## Unreleased\n\n## \d/);
    expect(changelog).toContain(`\n## ${next} (${new Date().toISOString().slice(0, 10)})\n\n- `);
    // One changelog for all: what a user notices is told once.
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

  it("publish what has passed, with provenance", () => {
    const { jobs } = readWorkflow("release.yml");
    expect(jobs["check"]?.uses).toBe("./.github/workflows/ci.yml");
    expect(jobs["release"]).toMatchObject({
      needs: "check",
      permissions: { "id-token": "write" },
      steps: expect.arrayContaining([
        expect.objectContaining({
          uses: "changesets/action@v1",
          env: expect.objectContaining({ NPM_CONFIG_PROVENANCE: "true" }),
        }),
      ]),
    });
  });
});
