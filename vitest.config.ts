import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Tens of seconds each: they begin first, so that none of them is left running alone at the end. */
const LONGEST = [
  "simulation/src/run-world.test.ts",
  "published/installed.test.ts",
  "docs/snippets.test.ts",
  "reliability/src/on-ceph.test.ts",
  "apps/cli/src/commands.test.ts",
  "examples/custom-store/as-users-run-it.test.mjs",
  "examples/custom-store/conformance.test.mjs",
  "packages/lambda/src/function.test.ts",
  "packages/adapter-s3/src/sweep-on-ceph.test.ts",
  "interop/aws-cli.test.ts",
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((one, other) => placeOf(one) - placeOf(other));
  }
}

function placeOf({ moduleId }: TestSpecification): number {
  const place = LONGEST.findIndex((file) => moduleId.endsWith(file));
  return place < 0 ? LONGEST.length : place;
}

export default defineConfig({
  test: {
    // Most tests wait for a disk, a server or another process, so a machine of two cores has time for three.
    maxWorkers: Math.max(availableParallelism(), 2) + 1,
    sequence: { sequencer: LongestFirst },
    projects: [
      "packages/*/vitest.config.ts",
      "apps/*/vitest.config.ts",
      "apps/demo/e2e/vitest.config.ts",
      "examples/*/vitest.config.ts",
      "api-docs/vitest.config.ts",
      "bench/vitest.config.ts",
      "docs/vitest.config.ts",
      "interop/vitest.config.ts",
      "published/vitest.config.ts",
      "reliability/vitest.config.ts",
      "scripts/vitest.config.ts",
      "simulation/vitest.config.ts",
    ],
  },
});
