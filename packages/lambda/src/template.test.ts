import { fileURLToPath } from "node:url";
import { RegoEngine, TemplateFile } from "@aws/cloudformation-validate";
import { describe, expect, it } from "vitest";

const TEMPLATE = fileURLToPath(new URL("../template.yaml", import.meta.url));

describe("template.yaml", () => {
  it("is a template in which AWS's own validator finds nothing wrong", { timeout: 60_000 }, () => {
    const engine = new RegoEngine();
    const { diagnostics } = engine.validateStandard(new TemplateFile(TEMPLATE));
    engine.free();
    // Rules with an I advise (tags, for example).
    // W3002: the code is a folder beside the template, which `aws cloudformation package` uploads.
    const found = diagnostics.filter(({ ruleId }) => !/^(?:I\d+|W3002)$/.test(ruleId));
    expect(found).toEqual([]);
  });
});
