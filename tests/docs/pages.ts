import { join } from "node:path";
import { filesOf, root } from "./files.js";
import { type Snippet, snippetsOf } from "./snippets.js";

export { root };

/** Every page of the documentation, without the API reference that `npm run api-docs` may have written. */
export const pages = filesOf(/\.md$/).filter((page) => !page.startsWith("docs/api/"));

/** The fenced blocks of a page that are in one of these languages. */
export function inLanguage(page: string, ...languages: string[]): Snippet[] {
  return snippetsOf(join(root, page)).filter(({ language }) => languages.includes(language));
}
