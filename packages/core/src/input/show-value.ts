const LONGEST_TEXT = 80;

/** Describes a value that a caller gave, for an error message: `"out/k"`, `42`, `an array`, `an S3Client`. */
export function showValue(value: unknown): string {
  if (typeof value === "string") return showText(value);
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return "an array";
  const name: unknown = Reflect.get(value, "constructor")?.name;
  if (typeof name !== "string" || name === "" || name === "Object") return "an object";
  return `${/^[AEIOUS]\d?[A-Z]|^[AEIO]/.test(name) ? "an" : "a"} ${name}`;
}

function showText(text: string): string {
  const shown = text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
  return JSON.stringify(shown);
}
