export { answerError } from "./answer-error.js";
export { checkPlace, type MeantPlace, type RequestPlace } from "./check-place.js";
export { checkAnswer, hasReadableBody } from "./expected-answer.js";
export { inspectorOf } from "./inspect-bucket.js";
export { bucketProblem } from "./name-problem.js";
export { type ReadAnswer, type ResponseHead, readAnswer } from "./read-answer.js";
export type { Send } from "./s3-connection.js";
export type {
  CarriedHeaders,
  DeleteFailure,
  DeleteOutput,
  LifecycleRule,
  ListedEntry,
  ListOutput,
  ObjectDescription,
  S3OperationName,
  S3Operations,
} from "./s3-operations.js";
export type { S3Service } from "./service.js";
export { toStoreError } from "./store-errors.js";
export { checkSettings, type S3StoreSettings, storeOf } from "./store-settings.js";
export { SETTING_PARAMETERS, settingsIn } from "./url-settings.js";
