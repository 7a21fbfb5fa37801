import { duePages } from "../sweep/due-pages.js";
import type { SweepRun } from "../sweep/sweep-run.js";

/** Of a sweep that looks one minute ahead. */
export const AHEAD = { ahead: { intervalMs: 60_000, pollMs: 5_000 } };

/** The id of an event at a time on the day of `NOON`. */
export function idAt(time: string, key = "k"): string {
  return `2026-12-24T${time}.000Z|out|${key}|id`;
}

/** The ids that a sweep lists, of all pages. */
export async function listedIds(run: SweepRun): Promise<string[]> {
  const ids: string[] = [];
  for await (const page of duePages(run)) ids.push(...page.map(({ id }) => id));
  return ids;
}
