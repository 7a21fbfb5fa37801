import { decodeName, Unreadable } from "./reading.js";

/**
 * The name of a blob, from its URL and its event's subject, which must agree as far as they can: the URL is usually
 * percent-encoded, but has been seen with the unencoded name, a raw `#` or `?` included; the subject has the unencoded name,
 * but has been seen with characters outside of ASCII replaced. Throws if both leave open which blob is meant.
 */
export function blobName(url: string, container: string, subjectName: string): string {
  const rests = afterContainer(url, container);
  for (const rest of rests) {
    const decoded = decodedOrNot(rest);
    if (rest === subjectName && (decoded === undefined || decoded === rest)) return rest;
    if (rest === subjectName) throw openQuestion(url, subjectName);
    if (decoded === subjectName) return subjectName;
    if (decodedOrNot(pathOf(rest)) === subjectName) return subjectName;
  }
  return nameIn(url, rests, subjectName);
}

/** The subject is damaged, so only the URL identifies the blob. It must have one meaning. */
function nameIn(url: string, rests: readonly string[], subjectName: string): string {
  const [rest] = rests;
  if (rest === undefined) {
    throw new Unreadable(`its url "${url}" is not a blob in the container of its subject`);
  }
  if (rests.length > 1 || pathOf(rest) !== rest) throw openQuestion(url, subjectName);
  return decodeName(rest);
}

/**
 * Returns what comes after the container in a URL, which is its first part, or its second after the account (in an
 * emulator). `new URL()` would resolve `..` in a blob's name.
 */
function afterContainer(url: string, container: string): string[] {
  const path = /^https?:\/\/[^/]+\/(.*)$/s.exec(url)?.[1] ?? "";
  const inAccount = path.slice(path.indexOf("/") + 1);
  return [path, inAccount]
    .filter((candidate) => candidate.startsWith(`${container}/`))
    .map((candidate) => candidate.slice(container.length + 1))
    .filter((rest) => rest !== "");
}

function pathOf(rest: string): string {
  return rest.replace(/[?#].*$/s, "");
}

function decodedOrNot(name: string): string | undefined {
  try {
    return decodeURIComponent(name);
  } catch {
    return undefined; // not encoded, or not as UTF-8
  }
}

function openQuestion(url: string, subjectName: string): Unreadable {
  return new Unreadable(
    `its url "${url}" and its subject's name "${subjectName}" don't identify one blob`,
  );
}
