import { storeOptionChecks } from "@keywhen/adapter-kit";
import { checkSettings, type S3Service, type S3StoreSettings } from "@keywhen/s3-protocol";
import type { Client } from "minio";

export interface MinioStoreOptions extends S3StoreSettings {
  /**
   * A ready client: its endpoint, credentials, region, path style, transport and agent are used, its
   * retries are not, and it is not changed. Its region must be the server's, if that isn't `us-east-1`.
   */
  readonly client: Client;
  /**
   * The store that it talks to: `minio`, `ceph`, `aws`, `r2`, or `generic`, where keywhen uses no condition of a put.
   * @default "minio"
   */
  readonly service?: S3Service | undefined;
}

/** Throws `invalid-option` for what can't be right. */
export function checkOptions(
  options: MinioStoreOptions,
): MinioStoreOptions & { readonly service: S3Service } {
  checkSettings("minioStore", options);
  if (typeof options.client?.makeRequestStreamAsync !== "function") {
    throw storeOptionChecks("minioStore").wrong("client", "a Client of minio 8", options.client);
  }
  return { ...options, service: options.service ?? "minio" };
}
