export { minioStore } from "./minio-store.js";
export type { MinioStoreOptions } from "./options.js";
