export { connectionFailure, firstLineOf, thrownText } from "./connection-failure.js";
export { deleteKeys, GONE } from "./delete-keys.js";
export { bareETag, describedBy, isETag, writtenAs } from "./described-object.js";
export { exchange, type NodeAnswer, type NodeRequest, textOf } from "./exchange.js";
export {
  answerWords,
  DENIED,
  type FailedRequest,
  INVALID_KEY,
  judgeStatus,
  judgeUnanswered,
  NOT_CARRIED_OUT,
  NOT_SUPPORTED,
  sameVerdict,
  storeError,
  THROTTLED,
  unconfirmed,
  VERDICT_BY_STATUS,
  type Verdict,
} from "./failed-request.js";
export { checkPageStart, impossibleEntry, PAGE_OBJECTS } from "./list-page.js";
export {
  checkAddress,
  checkBucket,
  checkName,
  type NameProblem,
  type RequestAddress,
} from "./names.js";
export { openBody, openObject } from "./open-body.js";
export { type BodyReader, notStored, putBody } from "./put-body.js";
export { answerDate, type Copying, type Purpose, socketsRead, untilAborted } from "./request.js";
export { storeOptionChecks } from "./store-options.js";
export {
  bucketAndRoot,
  decodedUrl,
  endpointProblem,
  parseStoreUrl,
  type StoreUrl,
  type StoreUrlForm,
  urlParameters,
} from "./store-url.js";
export { FIRST_PART_BYTES, type PartLimits, type StreamBody, sendInParts } from "./stream-parts.js";
