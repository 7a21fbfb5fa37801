import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { root } from "./pages.js";

const folder = join(root, ".github/ISSUE_TEMPLATE");
const forms = readdirSync(folder).filter((file) => file !== "config.yml");
const KINDS = ["markdown", "textarea", "input", "dropdown", "checkboxes"];

describe("the issue forms", () => {
  it.each(forms)("%s has what GitHub wants of a form", (file) => {
    const form = parse(readFileSync(join(folder, file), "utf8"));
    expect(form).toMatchObject({ name: expect.any(String), description: expect.any(String) });
    expect(form.body.length).toBeGreaterThan(1);
    for (const { type, attributes } of form.body) {
      expect(KINDS).toContain(type);
      expect(attributes.label).toMatch(/\S/);
      if (type === "dropdown")
        expect(new Set(attributes.options).size).toBe(attributes.options.length);
    }
    const ids = form.body.map(({ id }: { id: string }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
