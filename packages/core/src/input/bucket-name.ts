import { showValue } from "./show-value.js";

/**
 * Returns what is wrong with a bucket's name, to follow the words "the bucket", or `undefined`: it is no name, or more than
 * a name (a URL, an ARN, a path).
 */
export function bucketNameProblem(bucket: unknown): string | undefined {
  if (bucket === undefined || bucket === "") return "is empty: give its name.";
  if (typeof bucket !== "string") return `must be a string (got ${showValue(bucket)}).`;
  const url = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(bucket);
  if (url !== null) return `${showValue(bucket)} is a URL: give the name alone${like(url[1])}.`;
  const arn = /^arn:[^:]*:[^:]*:[^:]*:[^:]*:([^:/]*)/.exec(bucket);
  if (arn !== null) return `${showValue(bucket)} is an ARN: give the name alone${like(arn[1])}.`;
  if (bucket.includes("/")) {
    return `${showValue(bucket)} holds a slash: give the name alone${like(bucket.split("/").find(Boolean))}, the rest belongs into the key.`;
  }
  if (bucket.trim() !== bucket) return `${showValue(bucket)} has a blank at its beginning or end.`;
  return undefined;
}

function like(name: string | undefined): string {
  return name === undefined || name === "" ? "" : `, ${JSON.stringify(name)}`;
}
