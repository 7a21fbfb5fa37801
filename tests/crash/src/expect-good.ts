import { expect } from "vitest";
import type { Verdict } from "./verdict.js";

/** Nothing is broken, in a run that was worth it: on a busy machine some answers to `schedule` come too late. */
export function expectGood(verdict: Verdict, leastScheduled: number): void {
  expect(verdict.broken).toEqual([]);
  expect(verdict.lost).toBe(0);
  expect(verdict.scheduled).toBeGreaterThan(leastScheduled);
}
