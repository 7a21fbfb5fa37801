export { type BodyLimits, type BodyReader, bodyReader } from "./adapter/body-reader.js";
export { type ConnectionFailure, connectionFailure } from "./adapter/connection-failure.js";
export { openBody, type ReadableBody } from "./adapter/open-body.js";
export { socketsRead } from "./adapter/sockets-read.js";
export { isDistrust, thrownText } from "./adapter/thrown.js";
export { untilAborted } from "./adapter/until-aborted.js";
export { type Budget, withinBudget } from "./adapter/within-budget.js";
export { compareByteOrder } from "./store/byte-order.js";
export { nameProblem } from "./store/name-limits.js";
