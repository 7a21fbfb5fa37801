export type { S3StoreOptions } from "./options.js";
export { s3Store } from "./s3-store.js";
