import { Duration } from "aws-cdk-lib";
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { Construct } from "constructs";

interface Rule {
  readonly name: string;
  readonly says: string;
  readonly namespace: string;
  readonly metric: string;
  readonly statistic: "Sum" | "Maximum";
  readonly rings: "atLeast" | "below";
  readonly threshold: number;
}

const OPERATORS = {
  atLeast: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
  below: ComparisonOperator.LESS_THAN_THRESHOLD,
};

/** Adds alarms that notify the topic. Each costs about 0.10 USD a month. */
export function addAlarms(
  scope: Construct,
  sweeper: IFunction,
  topic: ITopic,
  metrics: string | undefined,
): void {
  for (const rule of [...LAMBDA_RULES, ...(metrics ? ownRules(metrics) : [])]) {
    const { name, says, namespace, metric, statistic, rings, threshold } = rule;
    const alarm = new Alarm(scope, name, {
      alarmDescription: says,
      metric: new Metric({
        namespace,
        metricName: metric,
        dimensionsMap: { FunctionName: sweeper.functionName },
        statistic,
        period: Duration.minutes(5),
      }),
      evaluationPeriods: 1,
      threshold,
      comparisonOperator: OPERATORS[rings],
      treatMissingData:
        rings === "below" ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(new SnsAction(topic));
    alarm.addOkAction(new SnsAction(topic));
  }
}

const LAMBDA_RULES: readonly Rule[] = [
  {
    name: "SweepFails",
    says: "keywhen's sweeps fail, so events are late; see the errors in the function's log.",
    namespace: "AWS/Lambda",
    metric: "Errors",
    statistic: "Sum",
    rings: "atLeast",
    threshold: 1,
  },
  {
    name: "NoSweeps",
    says: "keywhen's sweeper is not invoked, so no event is delivered; check its schedule.",
    namespace: "AWS/Lambda",
    metric: "Invocations",
    statistic: "Sum",
    rings: "below",
    threshold: 4,
  },
  {
    name: "SweeperThrottled",
    says: "The account's concurrency limit stops keywhen's sweeper, so events are late; raise the limit.",
    namespace: "AWS/Lambda",
    metric: "Throttles",
    statistic: "Sum",
    rings: "atLeast",
    threshold: 3,
  },
];

function ownRules(namespace: string): Rule[] {
  return [
    {
      name: "EventsOverdue",
      says: "The oldest due event has waited for three minutes or more; see the errors in the function's log.",
      namespace,
      metric: "OldestDueAge",
      statistic: "Maximum",
      rings: "atLeast",
      threshold: 180,
    },
    {
      name: "EventsDeadLettered",
      says: "Events became dead letters; see them with keywhen dead list.",
      namespace,
      metric: "Dead",
      statistic: "Sum",
      rings: "atLeast",
      threshold: 1,
    },
  ];
}
