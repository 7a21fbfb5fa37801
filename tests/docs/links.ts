import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

const LINK = /\]\(([^)\s]+)\)|(?:src|srcset)="([^"]+)"/g;

/** The links of a Markdown file that lead to another file, or to another place in it. */
export function linksOf(page: string): string[] {
  const text = withoutCode(readFileSync(page, "utf8"));
  const links = [...text.matchAll(LINK)].map(([, link = "", source = link]) => source);
  return links.filter((link) => !/^[a-z]+:/.test(link));
}

export function brokenLinksOf(page: string): string[] {
  return linksOf(page).filter((link) => !leadsSomewhere(page, link));
}

/** Whether the file that a page links to exists, and has the anchor that the link names. */
export function leadsSomewhere(page: string, link: string): boolean {
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? page : join(dirname(page), path);
  if (!existsSync(target)) return false;
  if (anchor === undefined || statSync(target).isDirectory()) return anchor === undefined;
  return anchorsOf(target).includes(anchor);
}

/** The anchors that are written out, and those that GitHub makes of headings: it numbers equal ones. */
function anchorsOf(page: string): string[] {
  const text = withoutCode(readFileSync(page, "utf8"));
  const written = [...text.matchAll(/<a id="([^"]+)">/g)].map(([, id = ""]) => id);
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) => anchorOf(heading));
  const seen = new Map<string, number>();
  const numbered = headings.map((anchor) => {
    const before = seen.get(anchor) ?? 0;
    seen.set(anchor, before + 1);
    return before === 0 ? anchor : `${anchor}-${before}`;
  });
  return [...written, ...numbered];
}

function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(" ", "-");
}

function withoutCode(text: string): string {
  return text.replace(/^```.*?^```/gms, "").replace(/`[^`\n]+`(?!\])/g, "");
}
