/** The part of keywhen that a world runs: the real one, or a bundle of it with a fault planted. */
export type CoreUnderTest = Pick<
  typeof import("@keywhen/core"),
  "createScheduler" | "createSweeper" | "createDeadLetters" | "ScheduleError"
>;

export async function loadCore(specifier = "@keywhen/core"): Promise<CoreUnderTest> {
  return (await import(specifier)) as CoreUnderTest;
}
