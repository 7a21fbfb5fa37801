export { allowedTargets, listedTargets } from "./allowed-targets.js";
export { createInterruption } from "./interruption.js";
export { openHome, storeUrl } from "./open-home.js";
export { sweepOwner } from "./sweep-owner.js";
export { UsageError } from "./usage-error.js";
