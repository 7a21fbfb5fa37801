/** The part of keywhen that a world runs: the real one, or a bundle of it with a fault planted. */
export type CoreUnderTest = Pick<
  typeof import("@keywhen/core"),
  "createScheduler" | "createSweeper" | "createDeadLetters" | "ScheduleError"
> &
  Pick<typeof import("@keywhen/core/names"), "createNamedEvents"> &
  Pick<
    typeof import("@keywhen/recurring"),
    "createSchedules" | "recurringWakeUps" | "repairSchedule"
  >;

export async function loadCore(bundle?: string): Promise<CoreUnderTest> {
  if (bundle !== undefined) return (await import(bundle)) as CoreUnderTest;
  return {
    ...(await import("@keywhen/core")),
    ...(await import("@keywhen/core/names")),
    ...(await import("@keywhen/recurring")),
  };
}
