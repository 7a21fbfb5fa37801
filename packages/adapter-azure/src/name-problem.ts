import { nameProblem as limitProblem, type NameLimits, type ObjectRef } from "@keywhen/core/store";

/** The most parts between `/`. */
const SEGMENTS_MAX = 254;

/** Characters that the service or XML refuses or changes: control characters and non-characters. */
const IMPOSSIBLE = /[\p{Cc}\ufffe\uffff]/u;

/** The names of containers; `$root` and `$web` are Azure's own. Other names could mean something else in a URL. */
const CONTAINER = /^(?:[a-z0-9](?:-?[a-z0-9])*|\$root|\$web)$/;

/** Returns why Azure can't have the object, or would change its name, as one clause, or undefined. */
export function nameProblem(ref: ObjectRef, limits: NameLimits): string | undefined {
  return limitProblem(ref, limits) ?? containerProblem(ref.bucket) ?? problemOf(ref.key);
}

/** Returns why Azure can't have the container, or undefined. */
export function containerProblem(bucket: string): string | undefined {
  if (CONTAINER.test(bucket)) return undefined;
  return "the container's name must have only lowercase letters, digits and single hyphens between them";
}

function problemOf(key: string): string | undefined {
  const segments = key.split("/");
  if (segments.length > SEGMENTS_MAX) {
    return `the key has ${segments.length} parts between /; the limit is ${SEGMENTS_MAX}`;
  }
  // URL libraries remove `.` and `..`. The service drops trailing dots of other names and reads `a.` as `a`.
  if (segments.some((segment) => segment.endsWith("."))) {
    return "a part of the key ends in a dot, which Azure drops";
  }
  if (IMPOSSIBLE.test(key)) return "the key has a control character";
  // Azure reads it as `/`.
  if (key.includes("\\")) return "the key has a \\";
  return undefined;
}
