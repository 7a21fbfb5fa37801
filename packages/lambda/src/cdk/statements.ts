import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { IBucket } from "aws-cdk-lib/aws-s3";

export interface Target {
  readonly bucket: IBucket;
  /** Keys that events may have there begin so. @default any */
  readonly keyPrefix?: string | undefined;
}

/** As `allowTargets` wants it. */
export function targetPattern({ bucket, keyPrefix = "" }: Target): string {
  return `${bucket.bucketName}/${keyPrefix}*`;
}

/**
 * S3 answers a read of what isn't there with 403 where the caller may not list, and such a read has no prefix:
 * hence `IfExists`.
 */
export function listStatement(bucketArn: string, root: string): PolicyStatement {
  return new PolicyStatement({
    sid: "List",
    actions: ["s3:ListBucket"],
    resources: [bucketArn],
    conditions: { StringLikeIfExists: { "s3:prefix": `${root}/pending*` } },
  });
}

/** Where events lie, if they are spread over shards. */
export function shardMapStatement(bucketArn: string, root: string): PolicyStatement {
  return new PolicyStatement({
    sid: "ReadShardMap",
    actions: ["s3:GetObject"],
    resources: [`${bucketArn}/${root}/shards.json`],
  });
}

/** What a sweep needs, and no more (docs/rights.md). */
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
      sid: "WriteToTheTargets",
      actions: ["s3:GetObject", ...write],
      resources: targets.map(({ bucket, keyPrefix = "" }) => `${bucket.bucketArn}/${keyPrefix}*`),
    }),
  ];
}
