/** Parsed JSON, whose fields are looked up by name. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** What a text says as JSON; `undefined` for what is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
