export type { StoreErrorCode } from "./errors.js";
export { closestName } from "./input/option-names.js";
export { visibleJson, visibleLines, visibleText } from "./input/show-value.js";
export {
  type AroundRequest,
  countedStore,
  noRequests,
  type Requests,
  type StoreRequest,
  wrapStore,
} from "./requests/wrap-store.js";
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
  type RequestKind,
  type StoreErrorDetails,
} from "./store/object-store-error.js";
export type { Finding, OpenedSchedule, OpenSchedule } from "./store/opened-schedule.js";
export { readBody } from "./store/read-body.js";
