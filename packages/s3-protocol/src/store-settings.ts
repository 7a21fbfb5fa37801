import { storeOptionChecks } from "@keywhen/adapter-kit";
import type { ObjectStore } from "@keywhen/core/store";
import type { Send } from "./s3-connection.js";
import { S3_PART_MIN_BYTES, S3_SINGLE_MAX_BYTES } from "./s3-limits.js";
import { s3ObjectStore } from "./s3-object-store.js";
import { isS3Service, S3_SERVICES, type S3Service, serviceProfile } from "./service.js";

/** What can be said of a store that speaks S3, whatever the client. */
export interface S3StoreSettings {
  /** The store that it talks to; of a `generic` one no condition of a put is believed. */
  readonly service?: S3Service | undefined;
  /**
   * Whether puts with a condition are honoured, where the service's profile doesn't know it or is wrong.
   * Set it to true only after `keywhen doctor --probe` or the conformance kit has proved it: a store that
   * ignores a condition overwrites and says that it went well.
   * @default what is known of the service; false for "generic"
   */
  readonly conditionalPut?: boolean | undefined;
  /**
   * Objects above this size are copied in parts. Lower it for a store whose limit is lower.
   * @default 5_368_709_120 (5 GiB, S3's limit)
   */
  readonly singleCopyMaxBytes?: number | undefined;
}

const NAMES: readonly string[] = [
  "client",
  "service",
  "conditionalPut",
  "singleCopyMaxBytes",
] satisfies (keyof S3StoreSettings | "client")[];

/** The store over a client's `send`, with settings that were checked. */
export function storeOf(
  send: Send,
  settings: S3StoreSettings & { readonly service: S3Service },
): ObjectStore {
  const { service, conditionalPut, singleCopyMaxBytes = S3_SINGLE_MAX_BYTES } = settings;
  return s3ObjectStore({ send, singleCopyMaxBytes, ...serviceProfile(service, conditionalPut) });
}

/**
 * Throws `invalid-option`, in the name of `maker`, for names and values that can't be right. Of `ownNames`, which
 * only this maker has, it looks at the names alone.
 */
export function checkSettings(
  maker: string,
  settings: S3StoreSettings,
  ownNames: readonly string[] = [],
): void {
  const checks = storeOptionChecks(maker);
  checks.names(settings, [...NAMES, ...ownNames]);
  const { service, conditionalPut, singleCopyMaxBytes = S3_SINGLE_MAX_BYTES } = settings;
  if (service !== undefined && !isS3Service(service)) {
    throw checks.wrong("service", `one of ${S3_SERVICE_NAMES}`, service);
  }
  checks.boolean("conditionalPut", conditionalPut);
  checks.integer("singleCopyMaxBytes", singleCopyMaxBytes, { min: S3_PART_MIN_BYTES });
}

const S3_SERVICE_NAMES = Object.keys(S3_SERVICES).join(", ");
