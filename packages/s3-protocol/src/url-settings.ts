import { isS3Service, S3_SERVICES, type S3Service } from "./service.js";
import type { S3StoreSettings } from "./store-settings.js";

/** The names of what a store URL says of an S3 store, whatever the client. */
export const SETTING_PARAMETERS = ["service", "conditional-put"];

/** Reads them; `invalid` makes the error for what can't be right. */
export function settingsIn(
  parameters: ReadonlyMap<string, string>,
  usual: S3Service | undefined,
  invalid: (rule: string) => Error,
): S3StoreSettings {
  const service = parameters.get("service") ?? usual;
  if (service !== undefined && !isS3Service(service)) {
    throw invalid(`its service is one of ${Object.keys(S3_SERVICES).join(", ")}`);
  }
  return { service, conditionalPut: booleanIn("conditional-put", parameters, invalid) };
}

/** A parameter that is `true`, `false` or left out. */
export function booleanIn(
  name: string,
  parameters: ReadonlyMap<string, string>,
  invalid: (rule: string) => Error,
): boolean | undefined {
  const value = parameters.get(name);
  if (value === undefined) return undefined;
  if (value !== "true" && value !== "false") throw invalid(`its ${name} is true or false`);
  return value === "true";
}
