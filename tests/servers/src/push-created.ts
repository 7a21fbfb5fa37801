import type { TestS3Account } from "./ceph-gateway.js";

/**
 * Has the gateway post an S3 notification to `url` for each object that is created in a bucket, copies included: it does
 * so before it answers who made the object. The bucket must be there.
 */
export async function pushCreated(
  { endpoint, region, accessKeyId, secretAccessKey }: TestS3Account,
  { bucket, url }: { readonly bucket: string; readonly url: string },
): Promise<void> {
  // Loaded here, because most tests do without.
  const { S3Client, PutBucketNotificationConfigurationCommand } = await import(
    "@aws-sdk/client-s3"
  );
  const { SNSClient, CreateTopicCommand } = await import("@aws-sdk/client-sns");
  const credentials = { accessKeyId, secretAccessKey };
  const access = { endpoint, region, credentials, forcePathStyle: true };
  const sns = new SNSClient(access);
  const client = new S3Client(access);
  try {
    const Attributes = { "push-endpoint": url, persistent: "false" };
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: "due", Attributes }));
    const Events = ["s3:ObjectCreated:*" as const];
    const NotificationConfiguration = { TopicConfigurations: [{ Id: "due", TopicArn, Events }] };
    await client.send(
      new PutBucketNotificationConfigurationCommand({ Bucket: bucket, NotificationConfiguration }),
    );
  } finally {
    sns.destroy();
    client.destroy();
  }
}
