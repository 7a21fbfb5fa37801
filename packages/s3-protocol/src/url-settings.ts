import type { StoreUrl } from "@keywhen/adapter-kit";
import { isS3Service, S3_SERVICES, type S3Service } from "./service.js";
import type { S3StoreSettings } from "./store-settings.js";

/** The names of what a store URL says of an S3 store, whatever the client. */
export const SETTING_PARAMETERS = ["service", "conditional-put"];

/** Reads them; throws `invalid-option` for values that can't be right. */
export function settingsIn(url: StoreUrl, usual: S3Service | undefined): S3StoreSettings {
  const service = url.parameters.get("service") ?? usual;
  if (service !== undefined && !isS3Service(service)) {
    const known = Object.keys(S3_SERVICES).join(", ");
    throw url.invalid(`service "${service}" is unknown; use one of ${known}`);
  }
  return { service, conditionalPut: url.boolean("conditional-put") };
}
