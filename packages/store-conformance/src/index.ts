export { type ProveStoreOptions, proveStore } from "./prove-store.js";
export type { OpenedStore } from "./room.js";
