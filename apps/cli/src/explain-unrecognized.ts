import { parseEventId } from "@keywhen/core";

const INSTANT = "2000-01-01T00:00:00.000Z";

/** Why an id isn't one: the first thing that keywhen would write otherwise. */
export function explainUnrecognized(id: string): string {
  const [when = "", bucket = "", key = "", delivery, ...rest] = id.split("|");
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(when)) {
    return `it doesn't begin with an instant such as ${INSTANT}`;
  }
  if (!isId(`${when}|b|k`)) return `${when} is not a real time`;
  if (bucket === "") return "it has no bucket";
  if (key === "") return "it has no key";
  if (rest.length > 0) return "it has more than four parts between |";
  if (!isId(`${INSTANT}|${bucket}|k`))
    return `the bucket "${bucket}" isn't escaped as keywhen does`;
  if (!isId(`${INSTANT}|b|${key}`)) return `the key "${key}" isn't escaped as keywhen does`;
  return `the delivery id "${delivery ?? ""}" isn't escaped as keywhen does`;
}

function isId(text: string): boolean {
  return parseEventId(text) !== undefined;
}
