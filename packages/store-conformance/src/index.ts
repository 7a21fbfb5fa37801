export type { OpenedStore } from "./opened-store.js";
export { type ProveStoreOptions, proveStore } from "./prove-store.js";
