export { answerError } from "./answer-error.js";
export { bareETag } from "./object-info.js";
export type { Purpose, Send } from "./s3-connection.js";
export { S3_PART_MIN_BYTES, S3_SINGLE_MAX_BYTES } from "./s3-limits.js";
export { s3ObjectStore } from "./s3-object-store.js";
export type {
  CarriedHeaders,
  DeleteFailure,
  ListedEntry,
  ListInput,
  ListOutput,
  ObjectDescription,
  S3OperationName,
  S3Operations,
} from "./s3-operations.js";
export { isS3Service, S3_SERVICES, type S3Service, serviceProfile } from "./service.js";
export { type FailedRequest, toStoreError } from "./store-errors.js";
