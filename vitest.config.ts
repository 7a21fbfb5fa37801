import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The slowest test files. They begin first, so that none of them runs alone at the end. */
const LONGEST = [
  "tests/crash/src/on-ceph.test.ts",
  "tests/docs/snippets.test.ts",
  "apps/cli/src/scenarios/run.test.ts",
  "apps/demo/src/live/live.test.ts",
  "packages/lambda/src/function.test.ts",
  "packages/adapter-fs/src/conformance.test.ts",
  "tests/crash/src/recurring/kill-recurring.test.ts",
  "apps/cli/src/scenarios/interruption.test.ts",
  "examples/custom-store/conformance.test.mjs",
  "packages/adapter-s3/src/conformance.test.ts",
  "apps/cli/src/scenarios/terminal.test.ts",
  "apps/cli/src/scenarios/pipes.test.ts",
  "tests/packaging/installed.test.ts",
  "packages/adapter-s3/src/on-ceph.test.ts",
  "packages/adapter-s3/src/sweep-on-ceph.test.ts",
  "tests/docs/api-docs.test.ts",
  "tests/servers/src/ceph-gateway.test.ts",
  "tests/simulation/src/million/run-million.test.ts",
  "packages/core/src/sweep/start.test.ts",
  "packages/store-conformance/src/broken-stores.test.ts",
  "packages/store-conformance/src/command/command.test.ts",
  "packages/core/src/sweep/failing-events.test.ts",
  "apps/demo/e2e/access.browser.test.ts",
  "apps/demo/e2e/failed.browser.test.ts",
  "packages/adapter-fs/src/swapped-links.test.ts",
  "apps/cli/src/scenarios/s3.test.ts",
  "apps/demo/src/routes/event-routes.test.ts",
  "tests/simulation/src/run-world.test.ts",
  "tests/crash/src/on-files.test.ts",
  "tests/interop/aws-cli.test.ts",
  "packages/adapter-azure/src/conformance.test.ts",
];

/**
 * The longest first; then project by project, because a process goes on with another file of the same project if the project
 * does not isolate its files. Core has many small files, which fill the end.
 */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted(
      (one, other) =>
        placeOf(one) - placeOf(other) ||
        Number(isOfCore(one)) - Number(isOfCore(other)) ||
        compare(one.project.name, other.project.name),
    );
  }
}

function placeOf({ moduleId }: TestSpecification): number {
  const place = LONGEST.findIndex((file) => moduleId.endsWith(file));
  return place < 0 ? LONGEST.length : place;
}

function isOfCore({ project }: TestSpecification): boolean {
  return project.name === "core";
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

export default defineConfig({
  test: {
    // Most tests wait for a disk, a server or another process, so a machine of two cores has time for four.
    maxWorkers: Math.max(availableParallelism(), 2) + 2,
    sequence: { sequencer: LongestFirst },
    globalSetup: "tests/servers/src/shared-servers.ts",
    projects: [
      "packages/*/vitest.config.ts",
      "apps/*/vitest.config.ts",
      "apps/demo/e2e/vitest.config.ts",
      "apps/demo/e2e/vitest.measured.config.ts",
      "examples/*/vitest.config.ts",
      "bench/vitest.config.ts",
      "tests/*/vitest.config.ts",
      "tools/vitest.config.ts",
    ],
  },
});
