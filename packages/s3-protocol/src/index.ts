export { checkAnswer, hasReadableBody, isErrorDocument } from "./expected-answer.js";
export { inspectorOf } from "./inspect-bucket.js";
export { bucketProblem } from "./name-problem.js";
export { type ReadAnswer, type ResponseHead, readAnswer } from "./read-answer.js";
export type { Send } from "./s3-connection.js";
export { storeOf } from "./s3-object-store.js";
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
export {
  checkSettings,
  type S3Service,
  type S3StoreSettings,
  SETTING_PARAMETERS,
  settingsIn,
} from "./settings.js";
export { answerError, toStoreError } from "./store-errors.js";
export { escapeXml, readXml, type XmlElement } from "./xml.js";
