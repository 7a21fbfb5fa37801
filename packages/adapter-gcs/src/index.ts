export { gcsStore } from "./gcs-store.js";
export type { GcsStoreOptions } from "./options.js";
