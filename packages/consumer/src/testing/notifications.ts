/** Notifications as their vendors' documentation shows them, shortened, for one object each. */

export function s3Event(key: string, bucket = "reminders", eventName = "ObjectCreated:Copy") {
  return { Records: [s3Record(key, bucket, eventName)] };
}

/** "Event message structure" in the S3 user guide. */
export function s3Record(key: string, bucket = "reminders", eventName = "ObjectCreated:Copy") {
  return {
    eventVersion: "2.1",
    eventSource: "aws:s3",
    awsRegion: "eu-central-1",
    eventTime: "2026-11-24T10:00:00.000Z",
    eventName,
    userIdentity: { principalId: "AWS:AROAEXAMPLE" },
    requestParameters: { sourceIPAddress: "192.0.2.1" },
    responseElements: { "x-amz-request-id": "C3D13FE58DE4C810", "x-amz-id-2": "FMyUVURIY8" },
    s3: {
      s3SchemaVersion: "1.0",
      configurationId: "due",
      bucket: {
        name: bucket,
        ownerIdentity: { principalId: "A3NL" },
        arn: `arn:aws:s3:::${bucket}`,
      },
      object: { key, size: 13, eTag: "d41d8cd98f00b204e9800998ecf8427e", sequencer: "0055AED6DC" },
    },
  };
}

export const S3_TEST_EVENT = {
  Service: "Amazon S3",
  Event: "s3:TestEvent",
  Time: "2026-11-24T10:00:00.000Z",
  Bucket: "reminders",
  RequestId: "5582815E1AEA5ADF",
  HostId: "8cLeGAmw098X5cv4Zkwcmo8vvZa3eH3eKxsPzbB9wrR",
};

/** A webhook of MinIO: the S3 structure with additional fields. */
export function minioEvent(key: string) {
  const record = { ...s3Record(key), eventSource: "minio:s3", eventName: "s3:ObjectCreated:Copy" };
  return { EventName: "s3:ObjectCreated:Copy", Key: `reminders/${key}`, Records: [record] };
}

/** What a Ceph gateway pushes: keys are not encoded. */
export function cephEvent(key: string) {
  return { Records: [{ ...s3Record(key), eventVersion: "2.2", eventSource: "ceph:s3" }] };
}

/** SNS to an HTTP endpoint or, raw message delivery off, to a queue. */
export function snsMessage(message: unknown) {
  return {
    Type: "Notification",
    MessageId: "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
    TopicArn: "arn:aws:sns:eu-central-1:123456789012:due",
    Subject: "Amazon S3 Notification",
    Message: JSON.stringify(message),
    Timestamp: "2026-11-24T10:00:00.000Z",
    SignatureVersion: "1",
    Signature: "EXAMPLE",
    SigningCertURL: "https://sns.eu-central-1.amazonaws.com/cert.pem",
    UnsubscribeURL: "https://sns.eu-central-1.amazonaws.com/?Action=Unsubscribe",
  };
}

/** SNS to a Lambda. */
export function snsLambdaEvent(message: unknown) {
  const { Type, MessageId, TopicArn, Message } = snsMessage(message);
  const Sns = { Type, MessageId, TopicArn, Message };
  return { Records: [{ EventSource: "aws:sns", EventVersion: "1.0", Sns }] };
}

/** SQS to a Lambda. */
export function sqsLambdaEvent(...bodies: readonly unknown[]) {
  return {
    Records: bodies.map((body) => ({
      messageId: "059f36b4-87a3-44ab-83d2-661975830a7d",
      receiptHandle: "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
      body: JSON.stringify(body),
      attributes: { ApproximateReceiveCount: "1" },
      eventSource: "aws:sqs",
      eventSourceARN: "arn:aws:sqs:eu-central-1:123456789012:due",
    })),
  };
}

/** "Object Created" in "EventBridge event message structure". */
export function eventBridgeEvent(key: string, detailType = "Object Created") {
  return {
    version: "0",
    id: "17793124-05d4-b198-2fde-7ededc63b103",
    "detail-type": detailType,
    source: "aws.s3",
    account: "123456789012",
    time: "2026-11-24T10:00:00Z",
    region: "eu-central-1",
    resources: ["arn:aws:s3:::reminders"],
    detail: {
      version: "0",
      bucket: { name: "reminders" },
      object: {
        key,
        size: 13,
        etag: "b1946ac92492d2347c6235b4d2611184",
        sequencer: "00617F08299329D189",
      },
      "request-id": "N4N7GDK58NMKJ12R",
      requester: "123456789012",
      reason: "CopyObject",
    },
  };
}

/** An API call that CloudTrail recorded, by EventBridge. */
export function apiCallEvent(key: string, eventName = "CopyObject", errorCode?: string) {
  return {
    ...eventBridgeEvent(key, "AWS API Call via CloudTrail"),
    detail: {
      eventVersion: "1.11",
      eventSource: "s3.amazonaws.com",
      eventName,
      requestParameters: { bucketName: "reminders", key, Host: "s3.eu-central-1.amazonaws.com" },
      ...(errorCode && { errorCode }),
    },
  };
}

/** A push of "Pub/Sub notifications for Cloud Storage". */
export function pubSubPush(objectId: string, eventType = "OBJECT_FINALIZE") {
  return {
    message: {
      attributes: {
        notificationConfig: "projects/_/buckets/reminders/notificationConfigs/3",
        eventType,
        payloadFormat: "NONE",
        bucketId: "reminders",
        objectId,
        objectGeneration: "1479162681231000",
      },
      messageId: "136969346945",
      publishTime: "2026-11-24T10:00:00.000Z",
    },
    subscription: "projects/acme/subscriptions/due",
  };
}

/** "Azure Blob Storage as an Event Grid source", Event Grid's own schema. */
export function eventGridEvent(subjectName: string, urlName: string, type = "BlobCreated") {
  return {
    topic: "/subscriptions/s/resourceGroups/r/providers/Microsoft.Storage/storageAccounts/acme",
    subject: `/blobServices/default/containers/reminders/blobs/${subjectName}`,
    eventType: `Microsoft.Storage.${type}`,
    eventTime: "2026-11-24T10:00:00.0000000Z",
    id: "831e1650-001e-001b-66ab-eeb76e069631",
    data: {
      api: "CopyBlob",
      contentType: "application/json",
      contentLength: 13,
      blobType: "BlockBlob",
      url: `https://acme.blob.core.windows.net/reminders/${urlName}`,
    },
    dataVersion: "",
    metadataVersion: "1",
  };
}

/** The same as a CloudEvent. */
export function cloudEvent(subjectName: string, urlName: string) {
  const { topic, subject, eventType, eventTime, id, data } = eventGridEvent(subjectName, urlName);
  return { source: topic, subject, type: eventType, time: eventTime, id, data, specversion: "1.0" };
}
