import type { WhenRequest } from "../../src/api/events.js";

export const UNITS = [
  { value: "s", label: "seconds", ms: 1_000 },
  { value: "m", label: "minutes", ms: 60_000 },
  { value: "h", label: "hours", ms: 3_600_000 },
  { value: "d", label: "days", ms: 86_400_000 },
] as const;

type Unit = (typeof UNITS)[number]["value"];

/** The chosen time of an event. */
export type WhenChoice =
  | { readonly kind: "in"; readonly amount: string; readonly unit: Unit }
  /** The next `09:30:00`, in the viewer's zone. */
  | { readonly kind: "at"; readonly time: string }
  /** A date and time, `2026-12-24T09:30:00`, in the viewer's zone or in UTC. */
  | { readonly kind: "on"; readonly local: string; readonly zone: "local" | "utc" };

/** Returns the chosen instant; `undefined` while the choice is incomplete. */
export function chosenMs(choice: WhenChoice, nowMs: number): number | undefined {
  const atMs = anyMs(choice, nowMs);
  return Number.isFinite(atMs) ? atMs : undefined;
}

/** Returns what is sent to the server; `undefined` while the choice is incomplete. */
export function whenRequest(choice: WhenChoice, nowMs: number): WhenRequest | undefined {
  const atMs = chosenMs(choice, nowMs);
  if (atMs === undefined) return undefined;
  if (choice.kind === "in") return { in: `${Number(choice.amount)}${choice.unit}` };
  return { at: new Date(atMs).toISOString() };
}

function anyMs(choice: WhenChoice, nowMs: number): number {
  if (choice.kind === "in") {
    const unit = UNITS.find(({ value }) => value === choice.unit);
    const amount = choice.amount.trim() === "" ? Number.NaN : Number(choice.amount);
    return amount >= 0 && unit ? nowMs + amount * unit.ms : Number.NaN;
  }
  if (choice.kind === "on")
    return Date.parse(choice.zone === "utc" ? `${choice.local}Z` : choice.local);
  return nextTimeOfDay(choice.time, nowMs);
}

function nextTimeOfDay(time: string, nowMs: number): number {
  const [hours = Number.NaN, minutes = Number.NaN, seconds = 0] = time.split(":").map(Number);
  const at = new Date(nowMs);
  at.setHours(hours, minutes, seconds, 0);
  if (at.getTime() <= nowMs) at.setDate(at.getDate() + 1);
  return at.getTime();
}
