import { KeywhenError } from "@keywhen/core";

export function refuseUnknown(of: string, given: object, known: readonly string[]): void {
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw invalid(`${of} has no prop "${unknown}". Use one of these: ${known.join(", ")}.`);
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

export function invalid(message: string): KeywhenError {
  return new KeywhenError("invalid-option", message);
}
