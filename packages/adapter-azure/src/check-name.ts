import {
  checkKey,
  type NameLimits,
  type ObjectRef,
  ObjectStoreError,
  type RequestKind,
} from "@keywhen/core/store";

/** Azure takes no more parts between `/`. */
const SEGMENTS_MAX = 254;

/** What the service or XML refuses, or changes on the way: control characters and non-characters. */
const IMPOSSIBLE = /[\p{Cc}\ufffe\uffff]/u;

/** Throws `invalid-key`, before anything is sent, for keys that Azure refuses or makes others of. */
export function checkName(operation: RequestKind, ref: ObjectRef, limits: NameLimits): void {
  checkKey(operation, ref, limits);
  const message = problemOf(ref.key);
  if (message === undefined) return;
  throw new ObjectStoreError({ ...ref, code: "invalid-key", operation, message });
}

function problemOf(key: string): string | undefined {
  const segments = key.split("/");
  if (segments.length > SEGMENTS_MAX) {
    return `the key has ${segments.length} parts between /; the limit is ${SEGMENTS_MAX}`;
  }
  // Addresses lose `.` and `..`; of other names the service drops dots at the end and takes `a.` for `a`.
  if (segments.some((segment) => segment.endsWith("."))) {
    return "a part of the key ends in a dot, which Azure drops";
  }
  if (IMPOSSIBLE.test(key)) return "the key has a control character";
  // Azure reads it as `/`.
  if (key.includes("\\")) return "the key has a \\";
  return undefined;
}
