import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { RegoEngine, TemplateFile } from "@aws/cloudformation-validate";
import { compileAllowTargets } from "@keywhen/core/internal";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { readEnvironment } from "./read-environment.js";
import { type Resource, resolveTemplate } from "./testing/cloudformation.js";

const TEMPLATE = fileURLToPath(new URL("../template.yaml", import.meta.url));
const REQUIRED = { ScheduleBucket: "acme", AllowTargets: "reminders/*,reports/daily/*" };
const TOPIC = { AlarmTopic: "arn:aws:sns:eu-west-1:123456789012:alarms" };

const resourcesWith = (parameters: Record<string, string>) =>
  resolveTemplate(TEMPLATE, { ...REQUIRED, ...parameters }).resources;

const sweeperWith = (parameters: Record<string, string>) =>
  resourcesWith(parameters)["Sweeper"]?.properties;

function ofType(resources: Readonly<Record<string, Resource>>, type: string): string[] {
  return Object.keys(resources).filter((name) => resources[name]?.type === type);
}

function environmentWith(parameters: Record<string, string>) {
  const { Environment } = JSON.parse(JSON.stringify(sweeperWith(parameters)));
  return readEnvironment(Environment.Variables);
}

/** The first two columns of a page's table whose first column is headed so: names and defaults. */
function tableIn(page: string, heading: string): [names: string[], defaults: string[]][] {
  const text = readFileSync(new URL(page, import.meta.url), "utf8");
  const [, rows = ""] =
    new RegExp(`^\\| ${heading} .*\n\\|.*\n((?:\\|.*\n)+)`, "m").exec(text) ?? [];
  const ticked = (cell = "") => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);
  return rows
    .trim()
    .split("\n")
    .map((row) => [ticked(row.split("|")[1]), ticked(row.split("|")[2])]);
}

describe("the documentation of the parameters", () => {
  const { Parameters } = parse(readFileSync(TEMPLATE, "utf8"), { logLevel: "silent" });

  it("contains each parameter of the template, with its default", () => {
    const shown = tableIn("../../../docs/deploy-aws.md", "parameter").flatMap(([names, defaults]) =>
      names.map((name, index) => [name, defaults[index] ?? ""] as const),
    );
    const declared = Object.entries<{ Default?: unknown }>(Parameters);
    expect(shown.map(([name]) => name).sort()).toEqual(declared.map(([name]) => name).sort());
    const defaults = declared.map(([name, { Default = "" }]) => [name, String(Default)]);
    expect(Object.fromEntries(shown)).toEqual(Object.fromEntries(defaults));
  });

  it("contains each variable that the function reads", () => {
    const shown = tableIn("../README.md", "variable").flatMap(([names]) => names);
    const unknown = () => readEnvironment({ KEYWHEN_UNKNOWN: "1" });
    expect(unknown).toThrow(`Use one of these: ${shown.join(", ")}.`);
  });
});

describe("template.yaml", () => {
  it("passes AWS's validator", { timeout: 120_000 }, () => {
    const engine = new RegoEngine();
    const { diagnostics } = engine.validateStandard(new TemplateFile(TEMPLATE));
    engine.free();
    // Rules with an I advise (tags, for example).
    // W3002: the code is a folder next to the template, which `aws cloudformation package` uploads.
    const found = diagnostics.filter(({ ruleId }) => !/^(?:I\d+|W3002)$/.test(ruleId));
    expect(found).toEqual([]);
  });

  it.each([
    ["reminders/*", true],
    ["reports/daily/*", true],
    ["reports/2026/final.pdf", true],
    ["reports/my file", true],
    ["*", true],
    ["reminders", false],
    ["reminders/", false],
    ["s3://reminders/*", false],
    ["'reminders/*'", false],
    ['"reminders/*"', false],
    ["reminders/*.json", false],
    ["reminders/**", false],
    ["arn:aws:s3:::reminders/*", false],
    [" reminders/*", false],
    ["reminders/a ", false],
  ])("decides about the target pattern %j as the function does: %j", (pattern, isTaken) => {
    const { Parameters } = parse(readFileSync(TEMPLATE, "utf8"), { logLevel: "silent" });
    expect(new RegExp(`^(?:${Parameters.AllowTargets.AllowedPattern})$`).test(pattern)).toBe(
      isTaken,
    );
    const starts = () => compileAllowTargets([pattern]);
    if (isTaken) expect(starts).not.toThrow();
    else expect(starts).toThrow(/^Invalid target pattern/);
  });

  it("configures the function so that it starts, plain or precise", () => {
    const targets = { allowTargets: ["reminders/*", "reports/daily/*"], maxAge: "24h" };
    const plain = { ...targets, storeUrl: "s3://acme/keywhen", mode: "plain", poll: undefined };
    expect(environmentWith({})).toMatchObject({
      ...plain,
      journal: false,
      metricsNamespace: undefined,
    });
    expect(
      environmentWith({ Mode: "precise", Poll: "500ms", Journal: "true", Metrics: "keywhen" }),
    ).toMatchObject({
      mode: "precise",
      poll: "500ms",
      journal: true,
      metricsNamespace: "keywhen",
    });
  });

  it("configures webhooks, and then needs no targets and no right to write to them", () => {
    const Post = "hooks/*=https://example.com/due";
    const parameters = { Post, WebhookSecret: "whsec_x", AllowTargets: "" };
    expect(environmentWith(parameters)).toMatchObject({
      webhookRules: [Post],
      allowTargets: undefined,
    });
    const { SweeperRole } = resourcesWith(parameters);
    expect(JSON.stringify(SweeperRole?.properties)).not.toContain("WriteToTheTargets");
    expect(JSON.stringify(resourcesWith({}))).not.toContain("KEYWHEN_WEBHOOK_SECRET");
  });

  it("gives a precise sweep more than two minutes, and a plain one a minute", () => {
    expect(sweeperWith({})).toMatchObject({ Timeout: 60 });
    expect(sweeperWith({ Mode: "precise" })).toMatchObject({ Timeout: 150 });
  });

  it("invokes the function each minute and never retries: the next minute's sweep is the retry", () => {
    const { EveryMinute, SweeperInvocation } = resourcesWith({});
    const never = { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 };
    expect(EveryMinute?.properties).toMatchObject({
      ScheduleExpression: "cron(* * * * ? *)",
      FlexibleTimeWindow: { Mode: "OFF" },
      Target: { RetryPolicy: never },
    });
    expect(SweeperInvocation?.properties).toMatchObject(never);
  });

  it.each(["1", "2", "4", "8"])("starts %s invocations that share the shards", (Shards) => {
    const resources = resourcesWith({ Shards });
    const inputs = ofType(resources, "AWS::Scheduler::Schedule").map((name) => {
      const { Target } = JSON.parse(JSON.stringify(resources[name]?.properties));
      return JSON.parse(Target.Input).shard;
    });
    const count = Number(Shards);
    const shards = Array.from({ length: count }, (_, at) => ({ index: at + 1, count }));
    expect(inputs).toEqual(shards);
  });

  it("reserves concurrency only if it is given", () => {
    expect(sweeperWith({})).not.toHaveProperty("ReservedConcurrentExecutions");
    expect(sweeperWith({ ReservedConcurrency: "2" })).toMatchObject({
      ReservedConcurrentExecutions: "2",
    });
  });

  it("raises alarms only with a topic, and those on metrics only with metrics", () => {
    const alarmsWith = (parameters: Record<string, string>) =>
      ofType(resourcesWith(parameters), "AWS::CloudWatch::Alarm");
    const without = ["SweepFails", "NoSweeps", "SweeperThrottled"];
    expect(alarmsWith({ Metrics: "keywhen" })).toEqual([]);
    expect(alarmsWith(TOPIC)).toEqual(without);
    const all = [...without, "EventsOverdue", "EventsDeadLettered"];
    expect(alarmsWith({ ...TOPIC, Metrics: "keywhen" })).toEqual(all);
  });

  it("lets the sweeper write to its log; the tests of docs/rights.md compare its other permissions", () => {
    const { SweeperRole } = resourcesWith({});
    const { Policies } = JSON.parse(JSON.stringify(SweeperRole?.properties));
    expect(Policies[0].PolicyDocument.Statement.at(-1)).toEqual({
      Sid: "Log",
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: "<SweeperLog.Arn>:*",
    });
  });

  it("lets the sweeper use KMS keys only if they are given", () => {
    expect(ofType(resourcesWith({}), "AWS::IAM::Policy")).toEqual([]);
    const key = "arn:aws:kms:eu-west-1:123456789012:key/1";
    expect(ofType(resourcesWith({ KmsKeys: key }), "AWS::IAM::Policy")).toEqual(["UseKmsKeys"]);
  });
});
