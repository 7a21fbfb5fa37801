import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { RegoEngine, TemplateFile } from "@aws/cloudformation-validate";
import { describe, expect, it } from "vitest";

const TEMPLATE = fileURLToPath(new URL("../template.yaml", import.meta.url));

/** The statements of the sweeper's policy by their Sid: what may be done, and to which ending of an ARN. */
function statements(): Record<string, { actions: string; resource: string }> {
  const policy =
    readFileSync(TEMPLATE, "utf8").split("PolicyName: Sweep")[1]?.split("\n\n")[0] ?? "";
  const blocks = policy.split("- Sid: ").slice(1);
  return Object.fromEntries(
    blocks.map((block) => [
      /^\w+/.exec(block)?.[0] ?? "",
      {
        actions: /Action: (.*)/.exec(block)?.[1] ?? "",
        resource: (/s3:::([^"]*)"/.exec(block)?.[1] ?? "").replace(/\$\{(\w+)\}/g, "<$1>"),
      },
    ]),
  );
}

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

  it("gives the sweeper the rights that a sweep needs, and no more", () => {
    expect(statements()).toEqual({
      List: { actions: "s3:ListBucket", resource: "<ScheduleBucket>" },
      TakeFromTheSchedule: {
        actions: "[s3:GetObject, s3:GetObjectTagging, s3:DeleteObject]",
        resource: "<ScheduleBucket>/<Root>/pending/*",
      },
      ShareTheWorkWithOtherSweepers: {
        actions: "[s3:GetObject, s3:PutObject]",
        resource: "<ScheduleBucket>/<Root>/lease/*",
      },
      KeepWhatCannotBeDelivered: {
        actions: "[s3:PutObject, s3:PutObjectTagging, s3:AbortMultipartUpload]",
        resource: "<ScheduleBucket>/<Root>/dead/*",
      },
      WriteToTheTargets: {
        actions: "[s3:GetObject, s3:PutObject, s3:PutObjectTagging, s3:AbortMultipartUpload]",
        resource: "<Patterns>",
      },
      Log: { actions: "[logs:CreateLogStream, logs:PutLogEvents]", resource: "" },
    });
  });
});
