export type { StoreErrorCode } from "./error-codes.js";
export { closestName } from "./input/closest-name.js";
export {
  type AroundRequest,
  countedStore,
  noRequests,
  type StoreRequest,
  wrapStore,
} from "./requests/wrap-store.js";
export type { Finding } from "./store/finding.js";
export { checkBucketName, checkKey, nameProblem } from "./store/name-limits.js";
export type {
  Body,
  CopyOptions,
  CopyResult,
  DeleteResult,
  ListedObject,
  ListPage,
  ListRequest,
  NameLimits,
  ObjectHeaders,
  ObjectInfo,
  ObjectRef,
  ObjectStore,
  OpenObject,
  PutCondition,
  PutOptions,
  PutResult,
  RequestOptions,
  StoreCapabilities,
} from "./store/object-store.js";
export {
  isStoreError,
  ObjectStoreError,
  type StoreErrorDetails,
} from "./store/object-store-error.js";
export type { OpenedSchedule, OpenSchedule } from "./store/opened-schedule.js";
export { readBody } from "./store/read-body.js";
export type { RequestKind } from "./store/request-kind.js";
export { visibleJson, visibleLines, visibleText } from "./store/visible-text.js";
