export { allowedTargets, listedTargets } from "./allowed-targets.js";
export { importPackage } from "./import-package.js";
export { createInterruption } from "./interruption.js";
export { openHome } from "./open-home.js";
export { adapterModule } from "./own-adapter.js";
export { storeUrl } from "./store-url.js";
export { sweepOwner } from "./sweep-owner.js";
export { UsageError } from "./usage-error.js";
export { visibleJson, visibleLines, visibleText } from "./visible-text.js";
