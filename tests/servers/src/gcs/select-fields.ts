import { isRecord } from "./gcs-request.js";

/** A partial response: `a,b(c,d)` keeps `a`, and of `b` (each of it, if it is a list) `c` and `d`. */
export function selectFields(value: unknown, fields: string | undefined): unknown {
  if (fields === undefined) return value;
  if (Array.isArray(value)) return value.map((one) => selectFields(one, fields));
  if (!isRecord(value)) return value;
  const selected: Record<string, unknown> = {};
  for (const [, name = "", inner] of fields.matchAll(/([\w/]+)(?:\(([^)]*)\))?/g)) {
    if (name in value) selected[name] = selectFields(value[name], inner);
  }
  return selected;
}
