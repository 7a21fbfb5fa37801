import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Snippet, snippetsOf } from "./snippets.js";

/** The checkout. */
export const root = fileURLToPath(new URL("../", import.meta.url));

/** Every page of the documentation. */
export const allPages = pagesIn(root);

/** Those that somebody wrote; the API reference is made from the sources. */
export const pages = allPages.filter((page) => !page.startsWith("docs/api/"));

function pagesIn(folder: string): string[] {
  const patterns = ["*.md", "*/README.md", "*/*/README.md", "docs/**/*.md", ".github/**/*.md"];
  const files = ["ls-files", "--cached", "--others", "--exclude-standard", ...patterns];
  const { stdout } = spawnSync("git", files, { cwd: folder, encoding: "utf8" });
  return [...new Set(stdout.trim().split("\n"))];
}

/** The fenced blocks of a page that are in one of these languages. */
export function inLanguage(page: string, ...languages: string[]): Snippet[] {
  return snippetsOf(join(root, page)).filter(({ language }) => languages.includes(language));
}
