import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { pages, root } from "./pages.js";

const LINK = /\]\(([^)\s]+)\)|(?:src|srcset)="([^"]+)"/g;

describe("the documentation", () => {
  it.each(pages)("links in %s only to what is there", (page) => {
    const broken = linksOf(page).filter((link) => !leadsSomewhere(page, link));
    expect(broken).toEqual([]);
  });

  it("has links, and sees a broken one", () => {
    expect(pages.flatMap(linksOf).length).toBeGreaterThan(50);
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

/** As GitHub makes them of headings. */
function anchorsOf(page: string): string[] {
  const text = withoutCode(readFileSync(join(root, page), "utf8"));
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

function withoutCode(text: string): string {
  return text.replace(/^```.*?^```/gms, "").replace(/`[^`\n]+`(?!\])/g, "");
}
