import { type StoreUrl, storeOptionChecks } from "@keywhen/adapter-kit";
import type { NameLimits } from "@keywhen/core/store";
import type { NameRules } from "./name-problem.js";
import { type PutConditions, S3_PART_MIN_BYTES, S3_SINGLE_MAX_BYTES } from "./s3-connection.js";

export type S3Service = "aws" | "r2" | "ceph" | "minio" | "generic";

export interface S3ServiceProfile extends PutConditions, NameRules {
  /** It may ignore the condition of a put to a bucket that keeps versions, and answers as if the condition had held. */
  readonly mayIgnoreOnVersions?: boolean | undefined;
}

const LIMITS: NameLimits = { keyBytes: 1_024, bucketCharacters: 63 };
const CONDITIONAL = { putIfAbsent: true, putIfVersion: true, limits: LIMITS };

/**
 * By store: AWS and R2 as their references say, Ceph as measured on 16.2, MinIO as its source of February
 * 2026 reads. `generic` assumes the least: a store that doesn't know a condition ignores it and answers
 * as if the condition had held. So keywhen uses no condition there until you say that it was proved.
 */
export const S3_SERVICES: Readonly<Record<S3Service, S3ServiceProfile>> = {
  aws: CONDITIONAL,
  r2: CONDITIONAL,
  ceph: { ...CONDITIONAL, mayIgnoreOnVersions: true },
  minio: { ...CONDITIONAL, limits: { ...LIMITS, keySegmentCharacters: 255 }, hasFileNames: true },
  generic: { putIfAbsent: false, putIfVersion: false, limits: LIMITS },
};

const S3_SERVICE_NAMES = Object.keys(S3_SERVICES).join(", ");

function isS3Service(name: unknown): name is S3Service {
  return typeof name === "string" && Object.hasOwn(S3_SERVICES, name);
}

/** `conditionalPut` overrides both conditions. */
export function serviceProfile(
  service: S3Service,
  conditionalPut: boolean | undefined,
): S3ServiceProfile {
  const profile = S3_SERVICES[service];
  if (conditionalPut === undefined) return profile;
  const conditions = { putIfAbsent: conditionalPut, putIfVersion: conditionalPut };
  return { ...profile, ...conditions, mayIgnoreOnVersions: false };
}

export interface S3StoreSettings {
  /** The store that it talks to. keywhen uses no condition of a put on a `generic` store. */
  readonly service?: S3Service | undefined;
  /**
   * Whether the store honors puts with a condition, if the service's profile doesn't know it or is wrong. Set it to true only
   * after `keywhen doctor --probe` or the conformance kit has proved it: a store that ignores a condition overwrites the
   * object and answers that all went well.
   * @default the service's own; false for "generic"
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

/** Throws `invalid-option`. `maker`: named in the message. `ownNames`: this maker's other options, whose values are not checked. */
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

export const SETTING_PARAMETERS = ["service", "conditional-put"];

/** Throws `invalid-option`. */
export function settingsIn(url: StoreUrl, usual: S3Service | undefined): S3StoreSettings {
  const service = url.parameters.get("service") ?? usual;
  if (service !== undefined && !isS3Service(service)) {
    throw url.invalid(`service "${service}" is unknown; use one of ${S3_SERVICE_NAMES}`);
  }
  return { service, conditionalPut: url.boolean("conditional-put") };
}
