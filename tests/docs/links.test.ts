import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { brokenLinksOf, leadsSomewhere, linksOf } from "./links.js";
import { pages, root } from "./pages.js";

describe("the documentation", () => {
  it.each(pages)("links in %s only to what is there", (page) => {
    expect(brokenLinksOf(join(root, page))).toEqual([]);
  });

  it("has links, and sees a broken one", () => {
    const readme = join(root, "README.md");
    expect(pages.flatMap((page) => linksOf(join(root, page))).length).toBeGreaterThan(50);
    expect(leadsSomewhere(readme, "docs/rights.md#writer")).toBe(true);
    expect(leadsSomewhere(readme, "docs/rights.md#no-such-heading")).toBe(false);
    expect(leadsSomewhere(readme, "docs/nothing.md")).toBe(false);
  });
});
