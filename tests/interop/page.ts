import { readFileSync } from "node:fs";

const PAGE = new URL("../../docs/other-writers.md", import.meta.url);

/** The code that a section of docs/other-writers.md shows. */
export function shownIn(section: string): string {
  const text = readFileSync(PAGE, "utf8");
  const [, code] =
    new RegExp(`^## ${section}\\n[^]*?^\`\`\`\\w+\\n([^]*?)^\`\`\``, "m").exec(text) ?? [];
  if (code === undefined) throw new Error(`docs/other-writers.md shows nothing in "${section}".`);
  return code;
}
