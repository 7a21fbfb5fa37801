import {
  type $Command,
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetObjectLockConfigurationCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3ClientResolvedConfig,
  type ServiceInputTypes,
  type ServiceOutputTypes,
  UploadPartCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import type { S3OperationName, S3Operations } from "@keywhen/s3-protocol";

export type S3Command<I extends ServiceInputTypes, O extends ServiceOutputTypes> = $Command<
  I,
  O,
  S3ClientResolvedConfig
>;

/** Sends a command that was just made. */
type RunCommand = <I extends ServiceInputTypes, O extends ServiceOutputTypes>(
  command: S3Command<I, O>,
) => Promise<O>;

type Commands = {
  readonly [N in S3OperationName]: (
    run: RunCommand,
    input: S3Operations[N]["input"],
  ) => Promise<S3Operations[N]["output"]>;
};

/** The SDK's command of each request. */
export const S3_COMMANDS: Commands = {
  PutObject: (run, input) => run(new PutObjectCommand(input)),
  HeadObject: (run, input) => run(new HeadObjectCommand(input)),
  GetObject: (run, input) => run(new GetObjectCommand(input)),
  GetObjectTagging: (run, input) => run(new GetObjectTaggingCommand(input)),
  ListObjectsV2: (run, input) => run(new ListObjectsV2Command(input)),
  CopyObject: (run, input) => run(new CopyObjectCommand(input)),
  DeleteObject: (run, input) => run(new DeleteObjectCommand(input)),
  DeleteObjects: (run, input) => run(new DeleteObjectsCommand(input)),
  CreateMultipartUpload: (run, input) => run(new CreateMultipartUploadCommand(input)),
  UploadPart: (run, input) => run(new UploadPartCommand(input)),
  UploadPartCopy: (run, input) => run(new UploadPartCopyCommand(input)),
  CompleteMultipartUpload: (run, input) => run(new CompleteMultipartUploadCommand(input)),
  AbortMultipartUpload: (run, input) => run(new AbortMultipartUploadCommand(input)),
  GetBucketLifecycleConfiguration: (run, input) =>
    run(new GetBucketLifecycleConfigurationCommand(input)),
  GetBucketVersioning: (run, input) => run(new GetBucketVersioningCommand(input)),
  GetObjectLockConfiguration: (run, input) => run(new GetObjectLockConfigurationCommand(input)),
};
