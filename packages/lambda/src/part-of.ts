import { KeywhenError, type Part } from "@keywhen/core";

/** The part of the shards that an invocation's event names; `undefined` if it names none: then all are swept. */
export function partOf(event: unknown): Part | undefined {
  if (typeof event !== "object" || event === null || !("part" in event)) return undefined;
  const { part } = event;
  if (isPart(part)) return part;
  throw new KeywhenError(
    "invalid-option",
    `part is ${JSON.stringify(part)}: write {"part":{"number":1,"of":4}}.`,
  );
}

function isPart(value: unknown): value is Part {
  if (typeof value !== "object" || value === null) return false;
  if (!("number" in value && "of" in value)) return false;
  return typeof value.number === "number" && typeof value.of === "number";
}
