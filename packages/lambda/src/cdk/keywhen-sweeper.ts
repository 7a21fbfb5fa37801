import { fileURLToPath } from "node:url";
import { Duration, type SecretValue, Stack } from "aws-cdk-lib";
import {
  Grant,
  type IGrantable,
  PolicyStatement,
  Role,
  ServicePrincipal,
} from "aws-cdk-lib/aws-iam";
import { Architecture, Code, Function as LambdaFunction, Runtime } from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import type { IBucket } from "aws-cdk-lib/aws-s3";
import { CfnSchedule } from "aws-cdk-lib/aws-scheduler";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import { readEnvironment } from "../read-environment.js";
import { type SweepMode, sweepOptionsOf } from "../sweep-mode.js";
import { addAlarms } from "./alarms.js";
import { checkConcurrency, checkProps, checkShards } from "./check-props.js";
import { checkResolvable } from "./check-webhooks.js";
import {
  listStatement,
  schedulesStatements,
  shardMapStatement,
  sweepStatements,
  type Target,
  targetPattern,
} from "./statements.js";
import { type Webhook, webhookEnvironment } from "./webhooks.js";

export interface KeywhenSweeperProps {
  /** Holds the schedule: a general purpose bucket without Object Lock. */
  readonly scheduleBucket: IBucket;
  /** The part before `/pending/` in every key. @default "keywhen" */
  readonly root?: string | undefined;
  /** The buckets that events are copied to: the sweeper's permissions and its `allowTargets`. May be empty if there are `webhooks`. */
  readonly targets: readonly (IBucket | Target)[];
  /**
   * Where events are posted instead, by the pattern of their targets, like `{ "hooks/*": "https://example.com/due" }`. No such bucket
   * is needed. @default none
   */
  readonly webhooks?: Readonly<Record<string, string | Webhook>> | undefined;
  /**
   * Signs the webhooks, like `SecretValue.secretsManager("keywhen-webhooks")`. Its value becomes an environment variable of the function
   * when the stack is deployed. Not `ssmSecure`, which CloudFormation does not resolve there.
   */
  readonly webhookSecret?: SecretValue | undefined;
  /**
   * `plain` sweeps once a minute, so events are up to about two minutes late; `precise` delivers each at its instant,
   * and its function runs all the time.
   * @default "plain"
   */
  readonly mode?: SweepMode | undefined;
  /** How often a precise sweep looks for events scheduled at short notice, like `"1s"`. @default "5s" */
  readonly poll?: string | undefined;
  /** How long a failing event is tried before it becomes a dead letter, like `"7d"`. @default "24h" */
  readonly maxAge?: string | undefined;
  /** Writes what becomes of each event to the schedule bucket, for `keywhen log`. @default false */
  readonly journal?: boolean | undefined;
  /** The CloudWatch namespace for the sweeper's metrics, which cost more than sweeping. @default none */
  readonly metrics?: string | undefined;
  /** Receives the alarms. Those on dead letters and the oldest due event need `metrics`. @default none */
  readonly alarmTopic?: ITopic | undefined;
  /**
   * How many invocations share the schedule's shards each minute (`keywhen shards set`). It may differ from the number of
   * shards. @default 1, which sweeps all of them
   */
  readonly shards?: number | undefined;
  /** At least `shards`, or twice as many in precise mode. An account with a low quota refuses it. @default none */
  readonly reservedConcurrency?: number | undefined;
  /** Megabytes: 256 moves about 120 events a second, 1769 about 800. @default 256 */
  readonly memorySize?: number | undefined;
  /** @default Node.js 24 */
  readonly runtime?: Runtime | undefined;
  /** @default arm64 */
  readonly architecture?: Architecture | undefined;
  /** @default a month */
  readonly logRetention?: RetentionDays | undefined;
}

/** Next to this module's built file. */
const CODE = fileURLToPath(new URL("./function/", import.meta.url));
/** A precise sweep runs for at most 120 s. */
const TIMEOUT_SECONDS = { plain: 60, precise: 150 };
/** The next minute's sweep is the retry. */
const NEVER = { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 };

/**
 * The ready sweeper function, invoked once a minute, with no more permissions than it needs. The constructor refuses a
 * configuration that the function would refuse.
 */
export class KeywhenSweeper extends Construct {
  readonly function: LambdaFunction;
  readonly logGroup: LogGroup;
  readonly #pending: string;
  readonly #bucketArn: string;
  readonly #root: string;

  constructor(scope: Construct, id: string, props: KeywhenSweeperProps) {
    super(scope, id);
    checkProps(props);
    this.#root = props.root ?? "keywhen";
    this.#bucketArn = props.scheduleBucket.bucketArn;
    this.#pending = `${this.#bucketArn}/${this.#root}/pending*`;
    const environment = environmentOf(props, this.#root);
    checkResolvable(Stack.of(this).resolve(environment));
    const { mode, poll } = readEnvironment(environment);
    sweepOptionsOf({ mode, poll });
    const shards = checkShards(props.shards ?? 1);
    const atOnce = mode === "precise" ? 2 * shards : shards;
    checkConcurrency(props.reservedConcurrency, atOnce, mode);
    this.logGroup = new LogGroup(this, "Log", {
      retention: props.logRetention ?? RetentionDays.ONE_MONTH,
    });
    this.function = new LambdaFunction(this, "Function", {
      description: "Moves due events to their targets.",
      code: Code.fromAsset(CODE),
      handler: "index.handler",
      runtime: props.runtime ?? new Runtime("nodejs24.x"),
      architecture: props.architecture ?? Architecture.ARM_64,
      memorySize: props.memorySize ?? 256,
      timeout: Duration.seconds(TIMEOUT_SECONDS[mode]),
      retryAttempts: NEVER.maximumRetryAttempts,
      maxEventAge: Duration.seconds(NEVER.maximumEventAgeInSeconds),
      ...(props.reservedConcurrency && { reservedConcurrentExecutions: props.reservedConcurrency }),
      role: this.#sweeperRole(props),
      logGroup: this.logGroup,
      environment,
    });
    this.#wakeEachMinute(shards);
    if (props.alarmTopic) addAlarms(this, this.function, props.alarmTopic, props.metrics);
  }

  /** Allows scheduling events, and nothing else. */
  grantSchedule(grantee: IGrantable): Grant {
    return this.#grant(grantee, ["s3:PutObject"]);
  }

  /** Also allows listing, cancelling and rescheduling. */
  grantManage(grantee: IGrantable): Grant {
    for (const statement of [listStatement, shardMapStatement]) {
      grantee.grantPrincipal.addToPrincipalPolicy(statement(this.#bucketArn, this.#root));
    }
    const tags = ["s3:GetObjectTagging", "s3:PutObjectTagging"];
    return this.#grant(grantee, ["s3:PutObject", "s3:GetObject", "s3:DeleteObject", ...tags]);
  }

  /** Allows storing, changing and deleting recurring schedules, and nothing else. */
  grantRecurring(grantee: IGrantable): Grant {
    for (const statement of schedulesStatements(this.#bucketArn, this.#root)) {
      grantee.grantPrincipal.addToPrincipalPolicy(statement);
    }
    const wakeUps = `${this.#bucketArn}/${this.#root}/pending/*`;
    const actions = ["s3:PutObject", "s3:DeleteObject"];
    return Grant.addToPrincipal({ grantee, actions, resourceArns: [wakeUps] });
  }

  #grant(grantee: IGrantable, actions: string[]): Grant {
    return Grant.addToPrincipal({ grantee, actions, resourceArns: [this.#pending] });
  }

  /** A bucket's `grantRead()` and similar methods would allow much more than these statements. */
  #sweeperRole({ scheduleBucket, targets }: KeywhenSweeperProps): Role {
    const role = new Role(this, "Role", {
      assumedBy: new ServicePrincipal("lambda.amazonaws.com"),
    });
    const wanted = targets.map(targetOf);
    for (const statement of sweepStatements(this.#bucketArn, this.#root, wanted)) {
      role.addToPolicy(statement);
    }
    role.addToPolicy(
      new PolicyStatement({
        sid: "Log",
        actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
        resources: [`${this.logGroup.logGroupArn}:*`],
      }),
    );
    scheduleBucket.encryptionKey?.grant(role, "kms:Decrypt");
    for (const { bucket } of wanted) {
      bucket.encryptionKey?.grant(role, "kms:GenerateDataKey", "kms:Decrypt");
    }
    return role;
  }

  #wakeEachMinute(shards: number): void {
    const { account, partition, region } = Stack.of(this);
    const group = `arn:${partition}:scheduler:${region}:${account}:schedule-group/default`;
    const role = new Role(this, "WakeRole", {
      assumedBy: new ServicePrincipal("scheduler.amazonaws.com", {
        conditions: { StringEquals: { "aws:SourceAccount": account, "aws:SourceArn": group } },
      }),
    });
    const { functionArn } = this.function;
    role.addToPolicy(
      new PolicyStatement({ actions: ["lambda:InvokeFunction"], resources: [functionArn] }),
    );
    for (let index = 1; index <= shards; index++) {
      const input = JSON.stringify({ shard: { index, count: shards } });
      const name = index === 1 ? "EveryMinute" : `EveryMinuteShard${index}`;
      const schedule = new CfnSchedule(this, name, {
        description: "Invokes keywhen's sweeper.",
        scheduleExpression: "cron(* * * * ? *)",
        flexibleTimeWindow: { mode: "OFF" },
        target: { arn: functionArn, roleArn: role.roleArn, input, retryPolicy: NEVER },
      });
      schedule.node.addDependency(role);
    }
  }
}

function environmentOf(props: KeywhenSweeperProps, root: string): Record<string, string> {
  const { scheduleBucket, targets, mode, poll, maxAge, journal, metrics } = props;
  const patterns = targets.map((target) => targetPattern(targetOf(target)));
  return {
    KEYWHEN_STORE: `s3://${scheduleBucket.bucketName}/${root}`,
    ...(patterns.length > 0 && { KEYWHEN_ALLOW_TARGETS: patterns.join(",") }),
    ...webhookEnvironment(props.webhooks ?? {}, props.webhookSecret),
    ...(mode && { KEYWHEN_MODE: mode }),
    ...(poll && { KEYWHEN_POLL: poll }),
    ...(maxAge && { KEYWHEN_MAX_AGE: maxAge }),
    ...(journal && { KEYWHEN_JOURNAL: String(journal) }),
    ...(metrics && { KEYWHEN_METRICS: metrics }),
  };
}

function targetOf(target: IBucket | Target): Target {
  return "bucketName" in target ? { bucket: target } : target;
}
