/** Whether an answer of the store says this. */
export function hasOutcome(value: unknown, outcome: string): boolean {
  return (
    typeof value === "object" && value !== null && "outcome" in value && value.outcome === outcome
  );
}
