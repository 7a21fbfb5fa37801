export { visibleJson, visibleLines, visibleText } from "@keywhen/core/store";
export { allowedTargets, listedTargets } from "./allowed-targets.js";
export { installHint } from "./install-hint.js";
export { createInterruption } from "./interruption.js";
export { openSchedule } from "./open-schedule.js";
export { adapterModule, storeUrl } from "./store-url.js";
export { holderOf, sweepOwner } from "./sweep-owner.js";
export { UsageError } from "./usage-error.js";

/** Loads import-package.ts, which is rarely needed. */
export async function importPackage(specifier: string): Promise<unknown> {
  const loaded = await import("./import-package.js");
  return loaded.importPackage(specifier);
}
