import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "@cdktn/hcl2json";
import { beforeAll, describe, expect, it } from "vitest";
import { resolveTemplate } from "./testing/cloudformation.js";

const MODULE = fileURLToPath(new URL("../terraform/", import.meta.url));
const TEMPLATE = fileURLToPath(new URL("../template.yaml", import.meta.url));

type Blocks = Record<string, Record<string, Record<string, unknown>[]>>;

const text = (file: string) => readFileSync(`${MODULE}${file}`, "utf8");

/** Returns the actions of a policy's statements by their Sid. */
function actionsOf(policy: string): Record<string, unknown> {
  const found = policy.matchAll(/Sid\s+= "(\w+)"\s+Effect\s+= "Allow"\s+Action\s+= (.+)/g);
  return Object.fromEntries([...found].map(([, sid, actions = ""]) => [sid, JSON.parse(actions)]));
}

describe("the Terraform module", () => {
  let resources: Blocks = {};
  beforeAll(async () => {
    const parsed = new Map<string, { resource?: Blocks }>();
    for (const file of readdirSync(MODULE)) parsed.set(file, await parse(file, text(file)));
    resources = Object.assign({}, ...[...parsed.values()].map(({ resource = {} }) => resource));
  });

  it("is HCL, and wakes the function each minute without retries", () => {
    const never = { maximum_retry_attempts: 0, maximum_event_age_in_seconds: 60 };
    expect(resources["aws_scheduler_schedule"]?.["every_minute"]).toMatchObject([
      { schedule_expression: "cron(* * * * ? *)", target: [{ retry_policy: [never] }] },
    ]);
    expect(resources["aws_lambda_function_event_invoke_config"]?.["sweeper"]).toMatchObject([
      never,
    ]);
  });

  it("gives a precise sweep the time that it lives", () => {
    expect(resources["aws_lambda_function"]?.["sweeper"]).toMatchObject([
      { handler: "index.handler", timeout: expect.stringContaining("local.precise ? 150 : 60") },
    ]);
  });

  it("sets the variables that the template sets", () => {
    const names = (source: string) => new Set(source.match(/\bKEYWHEN_\w+/g));
    expect(names(text("main.tf"))).toEqual(names(readFileSync(TEMPLATE, "utf8")));
  });

  it("gives the sweeper the rights that the template gives it", () => {
    const parameters = { ScheduleBucket: "b", AllowTargets: "t/*", KmsKeys: "k" };
    const { SweeperRole, UseKmsKeys } = resolveTemplate(TEMPLATE, parameters).resources;
    const { Policies } = JSON.parse(JSON.stringify(SweeperRole?.properties));
    const { PolicyDocument } = JSON.parse(JSON.stringify(UseKmsKeys?.properties));
    const statements: { Sid: string; Action: unknown }[] = [
      ...Policies[0].PolicyDocument.Statement,
      ...PolicyDocument.Statement,
    ];
    const ofTemplate = statements.map(({ Sid, Action }) => [Sid, Action]);
    expect(actionsOf(text("iam.tf"))).toEqual(Object.fromEntries(ofTemplate));
  });

  it("requires targets or webhooks, and needs no right to write to targets without any", () => {
    const conditions = JSON.stringify(resources["aws_lambda_function"]?.["sweeper"]);
    expect(conditions).toContain("length(var.allow_targets) + length(var.post) > 0");
    const { policy } = resources["aws_iam_role_policy"]?.["sweep"]?.[0] ?? {};
    expect(policy).toMatch(
      / : statement if statement\.Sid != "WriteToTheTargets" \|\| length\(var\.allow_targets\) > 0/,
    );
    expect(text("main.tf")).toContain(
      "length(var.post) > 0 ? { KEYWHEN_WEBHOOK_SECRET = var.webhook_secret } : {}",
    );
  });

  it("raises alarms on what the template raises them on", () => {
    const parameters = { ScheduleBucket: "b", AllowTargets: "t/*", AlarmTopic: "x", Metrics: "m" };
    const { resources } = resolveTemplate(TEMPLATE, parameters);
    const ofTemplate = Object.values(resources)
      .filter(({ type }) => type === "AWS::CloudWatch::Alarm")
      .map(({ properties }) => [properties["MetricName"], properties["Threshold"]]);
    const found = text("alarms.tf").matchAll(/metric = "(\w+)".*threshold = (\d+)/g);
    const ofModule = [...found].map(([, metric, threshold]) => [metric, Number(threshold)]);
    expect(ofModule.sort()).toEqual(ofTemplate.sort());
  });
});
