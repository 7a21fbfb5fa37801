import type { createScheduler, createSweeper, Home } from "@keywhen/core";
import { memoryStore } from "@keywhen/core/testing";

/** The part of keywhen that a world runs: the real one, or a bundle of it with a fault planted. */
export interface CoreUnderTest extends CoreModule {
  /** Its sweepers share a lease, and bury what can't be delivered. */
  readonly hasLease: boolean;
}

interface CoreModule {
  readonly createScheduler: typeof createScheduler;
  readonly createSweeper: typeof createSweeper;
  readonly createDeadLetters?: ((home: Home) => Redriver) | undefined;
}

interface Redriver {
  redrive(id: string): Promise<{ readonly outcome: string }>;
}

/** Loads keywhen's core from `specifier`; by default the workspace's own build. */
export async function loadCore(specifier = "@keywhen/core"): Promise<CoreUnderTest> {
  const module = (await import(specifier)) as CoreModule;
  return { ...module, hasLease: takesLeaseOptions(module) };
}

function takesLeaseOptions({ createSweeper }: CoreModule): boolean {
  const store = memoryStore({ clock: { now: () => 0 } });
  const sharing: object = { leaseDuration: "60s" };
  try {
    createSweeper({ store, bucket: "b", allowTargets: ["*"], ...sharing });
    return true;
  } catch {
    return false; // an option that it doesn't know
  }
}
