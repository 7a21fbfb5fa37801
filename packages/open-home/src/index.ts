export { allowedTargets } from "./allowed-targets.js";
export { openHome, storeUrl } from "./open-home.js";
export { UsageError } from "./usage-error.js";
