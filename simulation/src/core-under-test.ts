import type { createScheduler, createSweeper } from "@keywhen/core";

/** The part of keywhen that a world runs: the real one, or a bundle of it with a fault planted. */
export interface CoreUnderTest {
  readonly createScheduler: typeof createScheduler;
  readonly createSweeper: typeof createSweeper;
  readonly createDeadLetters?:
    | ((home: Parameters<typeof createScheduler>[0]) => Redriver)
    | undefined;
}

interface Redriver {
  redrive(id: string): Promise<{ readonly outcome: string }>;
}

/** Loads keywhen's core from `specifier`; by default the workspace's own build. */
export async function loadCore(specifier = "@keywhen/core"): Promise<CoreUnderTest> {
  return (await import(specifier)) as CoreUnderTest;
}
