import type { Waiting } from "../live/waiting.js";

/** The time range of the list. */
export type Within = "any" | "overdue" | "minute" | "hour" | "day" | "week";

export const WITHIN: readonly { readonly value: Within; readonly label: string }[] = [
  { value: "any", label: "At any time" },
  { value: "overdue", label: "Overdue" },
  { value: "minute", label: "Within a minute" },
  { value: "hour", label: "Within an hour" },
  { value: "day", label: "Within a day" },
  { value: "week", label: "Within 7 days" },
];

const AHEAD_MS: Readonly<Record<Within, number>> = {
  any: Number.POSITIVE_INFINITY,
  overdue: 0,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
};

/** Returns the events in the time range that contain every word, in their target, id or local time. */
export function found(
  events: readonly Waiting[],
  text: string,
  within: Within,
  nowMs: number,
): readonly Waiting[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const untilMs = nowMs + AHEAD_MS[within];
  if (words.length === 0 && within === "any") return events;
  return events.filter(
    (event) => event.atMs <= untilMs && words.every((word) => event.searched.includes(word)),
  );
}
