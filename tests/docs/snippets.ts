import { readFileSync } from "node:fs";
import { basename, dirname } from "node:path";

/** A fenced block of a page. */
export interface Snippet {
  /** Where it stands, like `README.md:42`. */
  readonly place: string;
  readonly language: string;
  readonly code: string;
  /** The file name under which the reader saves it: the name before it, as in "Save this as `sweeper.mjs`:". */
  readonly file: string | undefined;
}

const FENCED = /^```(\w*)\n(.*?)^```$/gms;
const NAMED = /`([\w.-]+\.\w+)`:\n+$/;

/** The fenced blocks of a Markdown page, in order. */
export function snippetsOf(page: string): Snippet[] {
  const text = readFileSync(page, "utf8");
  return [...text.matchAll(FENCED)].map(({ 1: language = "", 2: code = "", index }) => {
    const before = text.slice(0, index);
    const line = before.split("\n").length;
    const place = `${basename(dirname(page))}/${basename(page)}:${line}`;
    return { place, language, code, file: NAMED.exec(before)?.[1] };
  });
}
