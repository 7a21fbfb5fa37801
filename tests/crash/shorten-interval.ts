const MINUTE = /\bSHORTEST_MS = 6e4;/;

/** The built code of recurring schedules, changed so that their shortest interval is 100 ms: a minute would take a test hours. */
export function shortenInterval(code: string): string {
  if (MINUTE.test(code)) return code.replace(MINUTE, "SHORTEST_MS = 100;");
  throw new Error(`@keywhen/recurring has no ${MINUTE}: adapt this to its code`);
}

export const RECURRING = /\brecurring[\\/]dist[\\/]index\.js$/;
