import { readFileSync } from "node:fs";
import { basename, dirname } from "node:path";

/** A fenced block of a page. */
export interface Snippet {
  /** Where it stands, like `README.md:42`. */
  readonly place: string;
  readonly language: string;
  readonly code: string;
}

const FENCED = /^```(\w+)\n(.*?)^```$/gms;

/** The fenced blocks of a Markdown page, in order. */
export function snippetsOf(page: string): Snippet[] {
  const text = readFileSync(page, "utf8");
  return [...text.matchAll(FENCED)].map(({ 1: language = "", 2: code = "", index }) => {
    const line = text.slice(0, index).split("\n").length;
    return { place: `${basename(dirname(page))}/${basename(page)}:${line}`, language, code };
  });
}
