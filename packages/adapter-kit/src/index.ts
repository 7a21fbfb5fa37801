export { answerDate } from "./answer-date.js";
export { type BodyReader, notStored } from "./body-reader.js";
export { checkBucket, checkName, type NameProblem } from "./check-name.js";
export { connectionFailure } from "./connection-failure.js";
export { deleteKeys, GONE } from "./delete-keys.js";
export { bareETag, describedBy, isETag, writtenAs } from "./described-object.js";
export { endpointProblem } from "./endpoint-problem.js";
export {
  DENIED,
  type FailedRequest,
  INVALID_KEY,
  judgeStatus,
  judgeUnanswered,
  NOT_CARRIED_OUT,
  NOT_SUPPORTED,
  storeError,
  THROTTLED,
  VERDICT_BY_STATUS,
  type Verdict,
} from "./failed-request.js";
export { checkPageStart, impossibleEntry, PAGE_OBJECTS } from "./list-page.js";
export { openBody, openObject } from "./open-body.js";
export { putBody } from "./put-body.js";
export type { Copying, Purpose } from "./request-purpose.js";
export { socketsRead } from "./sockets-read.js";
export { storeOptionChecks } from "./store-options.js";
export {
  bucketAndRoot,
  decodedUrl,
  parseStoreUrl,
  type StoreUrl,
  type StoreUrlForm,
  urlParameters,
} from "./store-url.js";
export { firstLineOf, thrownText } from "./thrown.js";
export { unexplainedAnswer } from "./unexplained-answer.js";
export { untilAborted } from "./until-aborted.js";
