import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The file that noticed the last mutant first, then the quickest: a mutant is done when one test notices it. */
class LikeliestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.toSorted((one, other) => this.#costOf(one) - this.#costOf(other));
  }

  #costOf({ project, moduleId }: TestSpecification): number {
    const file = moduleId.slice(this.ctx.config.root.length + 1);
    const last = this.ctx.cache.getFileTestResults(`${project.name}:${file}`);
    return last === undefined || last.failed ? 0 : last.duration;
  }
}

/**
 * The tests that mutants of one folder must fail, and no others, because each mutant runs them. One process runs
 * all files. A time limit would count a busy machine as a mutant that was noticed: the runner ends a test that hangs.
 */
export default defineConfig({
  test: {
    include: [process.env["MUTATION_TESTS"] ?? "src/**/*.test.ts"],
    setupFiles: ["./vitest.setup.ts", "./vitest.mutation.setup.ts"],
    runner: "./vitest.mutation.runner.ts",
    sequence: { sequencer: LikeliestFirst },
    isolate: false,
    tags: [{ name: "slow" }],
    testTimeout: 600_000,
  },
});
