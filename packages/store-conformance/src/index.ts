export { type OpenedStore, type ProveStoreOptions, proveStore } from "./prove-store.js";
