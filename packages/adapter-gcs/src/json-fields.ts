/** A JSON object from the wire. Its fields may have any type. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return objectIn(value);
  } catch {
    return undefined;
  }
}

export function objectIn(value: unknown): JsonObject | undefined {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? Object.fromEntries(Object.entries(value)) : undefined;
}

export function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Texts and whole numbers: Google writes 64-bit numbers as texts. */
export function textIn(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

export function countIn(value: unknown): number | undefined {
  const count = Number(textIn(value) ?? Number.NaN);
  return Number.isSafeInteger(count) && count >= 0 ? count : undefined;
}

export function dateIn(value: unknown): Date | undefined {
  const date = new Date(textIn(value) ?? "");
  return Number.isNaN(date.getTime()) ? undefined : date;
}
