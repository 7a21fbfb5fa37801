import type { Activity } from "./activity.js";

/** Returns what a call returned, or the code of what it threw. */
export async function outcomeOf(call: () => Promise<string>): Promise<string> {
  try {
    return await call();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    return `threw ${typeof code === "string" ? code : String(error)}`;
  }
}

/** How an activity ended, for the journal of a world. */
export function resultText({ result, report }: Activity): string {
  if (report?.outcome !== "swept") return String(result);
  const { due, delivered, truncated, skewMs } = report;
  return `${result}: ${delivered} of ${due}, truncated ${truncated}, ahead by ${skewMs} ms`;
}
