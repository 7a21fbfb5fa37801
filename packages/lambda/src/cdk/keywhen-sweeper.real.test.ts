import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { RegoEngine, TemplateFile } from "@aws/cloudformation-validate";
import { installApart } from "@keywhen/test-servers";
import { beforeAll, describe, expect, it } from "vitest";
import { readEnvironment } from "../read-environment.js";
import { resolveTemplate } from "../testing/cloudformation.js";
import { type AllowStatement, policyIn } from "../testing/only-these-rights.js";

const PACKAGE = fileURLToPath(new URL("../../", import.meta.url));
const ROOT = join(PACKAGE, "../../");
const TSC = join(ROOT, "node_modules/.bin/tsc");
const SLOW = 300_000;

let folder = "";

/** As after `npm install @keywhen/lambda aws-cdk-lib constructs`: packages next to each other, without a workspace. */
function installKeywhen(): void {
  for (const [name, from] of Object.entries({
    lambda: PACKAGE,
    core: join(ROOT, "packages/core"),
  })) {
    const to = join(folder, "node_modules/@keywhen", name);
    rmSync(to, { recursive: true, force: true });
    mkdirSync(to, { recursive: true });
    for (const part of ["package.json", "dist"]) {
      cpSync(join(from, part), join(to, part), { recursive: true });
    }
  }
  cpSync(join(PACKAGE, "src"), join(folder, "src"), { recursive: true });
  const config = {
    extends: join(ROOT, "tsconfig.base.json"),
    include: ["src/cdk", "src/testing/cdk-app"],
    exclude: ["src/**/*.test.ts"],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  const emit = { noEmit: false, outDir: "app", rootDir: "src/testing/cdk-app" };
  const app = { ...config, compilerOptions: emit, include: ["src/testing/cdk-app"] };
  writeFileSync(join(folder, "tsconfig.app.json"), JSON.stringify(app));
}

interface Synthesized {
  readonly Resources: Record<string, { Type: string; Properties: Record<string, unknown> }>;
}

function run(program: string, args: string[]) {
  const env = {
    ...process.env,
    CDK_VALIDATION: "false",
    JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION: "1",
  };
  return spawnSync(program, args, { cwd: folder, env, encoding: "utf8" });
}

function synthesize(props: object): Synthesized {
  const { status, stdout, stderr } = run(process.execPath, ["app/app.js", JSON.stringify(props)]);
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

const ofType = ({ Resources }: Synthesized, type: string) =>
  Object.entries(Resources).filter(([, { Type }]) => Type === type);

function theOne(template: Synthesized, type: string) {
  const [found, ...others] = ofType(template, type);
  expect(others).toEqual([]);
  return found?.[1].Properties ?? {};
}

function statementsOf(template: Synthesized, name: RegExp) {
  const policy = ofType(template, "AWS::IAM::Policy").find(([id]) => name.test(id))?.[1].Properties;
  return JSON.parse(JSON.stringify(policy))["PolicyDocument"].Statement;
}

describe("KeywhenSweeper", () => {
  beforeAll(() => {
    folder = installApart(["aws-cdk-lib@2.276.0", "constructs@10.8.1"]);
    installKeywhen();
    const { status, stdout } = run(TSC, ["-p", "tsconfig.app.json"]);
    expect(status, stdout).toBe(0);
  }, SLOW);

  it("has types that fit aws-cdk-lib's, and so has its source", { timeout: SLOW }, () => {
    const { status, stdout } = run(TSC, ["-p", "tsconfig.json"]);
    expect(status, stdout).toBe(0);
  });

  it("makes a template that passes AWS's validator", { timeout: SLOW }, () => {
    const file = join(folder, "template.json");
    writeFileSync(
      file,
      JSON.stringify(
        synthesize({ mode: "precise", metrics: "acme", alarms: true, reservedConcurrency: 2 }),
      ),
    );
    const engine = new RegoEngine();
    const { diagnostics } = engine.validateStandard(new TemplateFile(file));
    engine.free();
    // Rules with an I advise. W3005: the CDK writes dependencies down that there are anyway.
    const found = diagnostics.filter(({ ruleId }) => !/^(?:I\d+|W3005)$/.test(ruleId));
    expect(found).toEqual([]);
  });

  it("gives the sweeper the rights that the plain template gives it", { timeout: SLOW }, () => {
    const { resources } = resolveTemplate(join(PACKAGE, "template.yaml"), {
      ScheduleBucket: "acme-schedule",
      AllowTargets: "reminders/*,reports/daily/*",
    });
    const { Policies } = JSON.parse(JSON.stringify(resources["SweeperRole"]?.properties));
    const [, ...plain] = Policies[0].PolicyDocument.Statement.reverse();
    const [log, ...ours] = statementsOf(synthesize({}), /^SweeperRole/).reverse();
    expect(log.Sid).toBe("Log");
    expect(withoutPartition(ours)).toEqual(plain);
  });

  it("configures a function that starts, and wakes it each minute without retries", {
    timeout: SLOW,
  }, () => {
    const settings = { mode: "precise", poll: "1s", maxAge: "7d", journal: true, metrics: "acme" };
    const template = synthesize(settings);
    const { Environment, Timeout, Runtime } = JSON.parse(
      JSON.stringify(theOne(template, "AWS::Lambda::Function")),
    );
    expect({ Timeout, Runtime }).toEqual({ Timeout: 150, Runtime: "nodejs24.x" });
    expect(readEnvironment(Environment.Variables)).toEqual({
      storeUrl: "s3://acme-schedule/keywhen",
      allowTargets: ["reminders/*", "reports/daily/*"],
      mode: "precise",
      poll: "1s",
      maxAge: "7d",
      journal: true,
      metricsNamespace: "acme",
      webhookRules: [],
    });
    const never = { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 };
    expect(theOne(template, "AWS::Lambda::EventInvokeConfig")).toMatchObject(never);
    expect(theOne(template, "AWS::Scheduler::Schedule")).toMatchObject({
      ScheduleExpression: "cron(* * * * ? *)",
      Target: { RetryPolicy: never },
    });
    expect(ofType(template, "AWS::CloudWatch::Alarm")).toEqual([]);
  });

  it("posts webhooks, with secrets that are not in the template and no right to write anywhere else", {
    timeout: SLOW,
  }, () => {
    const webhooks = {
      "hooks/*": { url: "https://example.com/due" },
      "billing/*": { url: "https://billing.example.com/due", secret: "billing" },
    };
    const template = synthesize({ targets: [], webhooks, webhookSecret: "all" });
    const { Environment } = JSON.parse(JSON.stringify(theOne(template, "AWS::Lambda::Function")));
    const resolved = (name: string) => `{{resolve:secretsmanager:${name}:SecretString:::}}`;
    expect(Environment.Variables).toEqual({
      KEYWHEN_STORE: "s3://acme-schedule/keywhen",
      KEYWHEN_POST: "hooks/*=https://example.com/due billing/*=https://billing.example.com/due",
      KEYWHEN_WEBHOOK_SECRET: resolved("all"),
      KEYWHEN_WEBHOOK_SECRET_BILLING: resolved("billing"),
    });
    const statements = statementsOf(template, /^SweeperRole/);
    const sids = statements.map(({ Sid }: { Sid: string }) => Sid);
    expect(sids).not.toContain("WriteToTheTargets");
    expect(statementsOf(synthesize({}), /^SweeperRole/)).toHaveLength(sids.length + 1);
  });

  it("wakes as many invocations as are to share out the shards", { timeout: SLOW }, () => {
    const schedules = ofType(synthesize({ shards: 3 }), "AWS::Scheduler::Schedule");
    const woken = schedules.map(([, { Properties }]) => {
      const { Target } = JSON.parse(JSON.stringify(Properties));
      return JSON.parse(Target.Input).shard;
    });
    expect(woken).toEqual([1, 2, 3].map((index) => ({ index, count: 3 })));
  });

  it("lets writers write and cancellers cancel, and nothing else", { timeout: SLOW }, () => {
    const template = synthesize({});
    const pending = "arn:aws:s3:::acme-schedule/keywhen/pending*";
    expect(withoutPartition(statementsOf(template, /^Writer/))).toEqual([
      { Effect: "Allow", Action: "s3:PutObject", Resource: pending },
    ]);
    const [list, shardMap, manage] = withoutPartition(statementsOf(template, /^Canceller/));
    expect(list).toMatchObject({ Action: "s3:ListBucket" });
    expect(shardMap).toMatchObject({ Action: "s3:GetObject" });
    expect(manage).toMatchObject({ Resource: pending });
  });

  it("lets a writer of recurring schedules what docs/rights.md lists, and nothing else", {
    timeout: SLOW,
  }, () => {
    const rights = (statements: readonly object[]) =>
      JSON.parse(JSON.stringify(statements)).map(({ Action, Resource }: AllowStatement) => [
        [Action].flat().toSorted(),
        Resource,
      ]);
    const granted = withoutPartition(statementsOf(synthesize({}), /^Planner/));
    const page = policyIn(join(ROOT, "docs/rights.md"), "Writer of recurring schedules");
    expect(rights(granted)).toEqual(rights(page));
  });

  it.each([
    [{ poll: "1s" }, /KEYWHEN_POLL is "1s", but KEYWHEN_MODE is plain/],
    [{ mode: "precise", poll: "5m" }, /poll must be from 100ms to 60s \(got 5m\)/],
    [
      { mode: "precise", reservedConcurrency: 1 },
      /must be at least 2 \(got 1\), because 2 precise sweeps/,
    ],
    [{ shards: 4, mode: "precise", reservedConcurrency: 4 }, /must be at least 8 \(got 4\)/],
    [{ shards: 0 }, /shards must be a whole number from 1 to 64 \(got 0\)/],
    [{ targets: [] }, /targets is empty, and there are no webhooks\. Give the buckets/],
    [{ webhooks: { "hooks/*": { url: "https://example.com" } } }, /No secret is given/],
    [{ webhookSecret: "all" }, /webhookSecret is given, but no webhooks/],
    [
      { webhooks: { "hooks/*": { url: "https://example.com" } }, ssmSecret: "all" },
      /is from ssmSecure, which CloudFormation does not resolve/,
    ],
    [{ targets: ["acme/*"] }, /targets\[0\] must be a bucket, .*\(got "acme\/\*"\)/],
    [{ scheduleBucket: "acme" }, /scheduleBucket must be a bucket, .*\(got "acme"\)/],
    [{ shard: 2 }, /KeywhenSweeper has no prop "shard"/],
  ])("refuses %j before anything is deployed", { timeout: SLOW }, (props, message) => {
    expect(() => synthesize(props)).toThrow(message);
  });
});

/** ARNs as the CDK writes them, in the partition of everybody. */
function withoutPartition(node: unknown): object[] {
  const text = JSON.stringify(node).replace(
    /\{"Fn::Join":\["",\["arn:",\{"Ref":"AWS::Partition"\},"([^"]*)"\]\]\}/g,
    '"arn:aws$1"',
  );
  return JSON.parse(text);
}
