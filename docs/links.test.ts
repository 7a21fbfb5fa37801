import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { allPages, root } from "./pages.js";

const LINK = /\]\(([^)\s]+)\)|(?:src|srcset)="([^"]+)"/g;

describe("the documentation", () => {
  it.each(allPages)("links in %s only to what is there", (page) => {
    const broken = linksOf(page).filter((link) => !leadsSomewhere(page, link));
    expect(broken).toEqual([]);
  });

  it("has links, and sees a broken one", () => {
    expect(allPages.flatMap(linksOf).length).toBeGreaterThan(50);
    expect(leadsSomewhere("README.md", "docs/rights.md#writer")).toBe(true);
    expect(leadsSomewhere("README.md", "docs/rights.md#nobody")).toBe(false);
    expect(leadsSomewhere("README.md", "docs/nothing.md")).toBe(false);
  });
});

/** Links within the repository. */
function linksOf(page: string): string[] {
  const text = withoutCode(readFileSync(join(root, page), "utf8"));
  const links = [...text.matchAll(LINK)].map(([, link = "", source = link]) => source);
  return links.filter((link) => !/^[a-z]+:/.test(link));
}

function leadsSomewhere(page: string, link: string): boolean {
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? page : join(dirname(page), path);
  if (!existsSync(join(root, target))) return false;
  if (anchor === undefined || statSync(join(root, target)).isDirectory())
    return anchor === undefined;
  return anchorsOf(target).includes(anchor);
}

/** Those that are written out, and those that GitHub makes of headings, of which equal ones are numbered. */
function anchorsOf(page: string): string[] {
  const text = withoutCode(readFileSync(join(root, page), "utf8"));
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
