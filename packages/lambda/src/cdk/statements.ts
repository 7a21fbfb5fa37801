import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { IBucket } from "aws-cdk-lib/aws-s3";

export interface Target {
  readonly bucket: IBucket;
  /** The beginning of the keys that events may have there. @default any */
  readonly keyPrefix?: string | undefined;
}

/** Returns the pattern for `allowTargets`. */
export function targetPattern({ bucket, keyPrefix = "" }: Target): string {
  return `${bucket.bucketName}/${keyPrefix}*`;
}

/**
 * Without the permission to list, S3 answers 403 when a missing object is read. A read has no prefix, therefore
 * `IfExists`.
 */
export function listStatement(bucketArn: string, root: string): PolicyStatement {
  return listOf(bucketArn, "List", `${root}/pending*`);
}

function listOf(bucketArn: string, sid: string, prefix: string): PolicyStatement {
  return new PolicyStatement({
    sid,
    actions: ["s3:ListBucket"],
    resources: [bucketArn],
    conditions: { StringLikeIfExists: { "s3:prefix": prefix } },
  });
}

/** The shard map says whether events are spread over shards. */
export function shardMapStatement(bucketArn: string, root: string): PolicyStatement {
  return new PolicyStatement({
    sid: "ReadShardMap",
    actions: ["s3:GetObject"],
    resources: [`${bucketArn}/${root}/shards.json`],
  });
}

/** The permissions that a sweep needs, and no more (docs/rights.md). */
export function sweepStatements(
  bucketArn: string,
  root: string,
  targets: readonly Target[],
): PolicyStatement[] {
  const write = ["s3:PutObject", "s3:PutObjectTagging", "s3:AbortMultipartUpload"];
  return [
    listStatement(bucketArn, root),
    shardMapStatement(bucketArn, root),
    new PolicyStatement({
      sid: "TakeFromTheSchedule",
      actions: ["s3:GetObject", "s3:GetObjectTagging", "s3:DeleteObject"],
      resources: [`${bucketArn}/${root}/pending*`],
    }),
    // Of a recurring schedule, a sweep advances the definition and stores the next wake-up.
    new PolicyStatement({
      sid: "AdvanceRecurringSchedules",
      actions: ["s3:GetObject", "s3:PutObject"],
      resources: [`${bucketArn}/${root}/schedules/*`],
    }),
    new PolicyStatement({
      sid: "ReadLargePayloads",
      actions: ["s3:GetObject"],
      resources: [`${bucketArn}/${root}/payloads/*`],
    }),
    new PolicyStatement({
      sid: "StoreNextWakeUps",
      actions: ["s3:PutObject"],
      resources: [`${bucketArn}/${root}/pending/*`],
    }),
    new PolicyStatement({
      sid: "ShareTheWorkWithOtherSweepers",
      actions: ["s3:GetObject", "s3:PutObject"],
      resources: [`${bucketArn}/${root}/lease/*`],
    }),
    new PolicyStatement({
      sid: "KeepWhatCannotBeDelivered",
      actions: write,
      resources: [`${bucketArn}/${root}/dead/*`],
    }),
    new PolicyStatement({
      sid: "KeepTheJournal",
      actions: ["s3:PutObject"],
      resources: [`${bucketArn}/${root}/journal/*`],
    }),
    ...targetStatements(targets, ["s3:GetObject", ...write]),
  ];
}

/** A statement without resources would be refused. */
function targetStatements(targets: readonly Target[], actions: string[]): PolicyStatement[] {
  if (targets.length === 0) return [];
  const resources = targets.map(
    ({ bucket, keyPrefix = "" }) => `${bucket.bucketArn}/${keyPrefix}*`,
  );
  return [new PolicyStatement({ sid: "WriteToTheTargets", actions, resources })];
}

/** Besides wake-ups, what a program needs that stores, changes and deletes recurring schedules (docs/rights.md). */
export function schedulesStatements(bucketArn: string, root: string): PolicyStatement[] {
  return [
    listOf(bucketArn, "ListSchedules", `${root}/schedules/*`),
    new PolicyStatement({
      sid: "ChangeSchedules",
      actions: ["s3:GetObject", "s3:PutObject"],
      resources: [`${bucketArn}/${root}/schedules/*`],
    }),
    new PolicyStatement({
      sid: "KeepLargePayloads",
      actions: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
      resources: [`${bucketArn}/${root}/payloads/*`],
    }),
  ];
}
