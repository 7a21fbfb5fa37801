import type { NameLimits } from "@keywhen/core/store";
import type { NameRules } from "./name-problem.js";
import type { PutConditions } from "./s3-connection.js";

/** The stores whose ways are known. */
export type S3Service = "aws" | "r2" | "ceph" | "minio" | "generic";

/** What differs between the stores that speak S3. */
export interface S3ServiceProfile extends PutConditions, NameRules {
  /** It may ignore the condition of a put to a bucket that keeps versions, and answers as if it had held. */
  readonly mayIgnoreOnVersions?: boolean | undefined;
}

const LIMITS: NameLimits = { keyBytes: 1_024, bucketCharacters: 63 };
const CONDITIONAL = { putIfAbsent: true, putIfVersion: true, limits: LIMITS };

/**
 * By store: AWS and R2 as their references say, Ceph as measured on 16.2, MinIO as its source of February
 * 2026 reads. `generic` assumes the least: a store that doesn't know a condition ignores it and answers
 * as if it had held, so none is claimed until somebody has proved it.
 */
export const S3_SERVICES: Readonly<Record<S3Service, S3ServiceProfile>> = {
  aws: CONDITIONAL,
  r2: CONDITIONAL,
  ceph: { ...CONDITIONAL, mayIgnoreOnVersions: true },
  minio: { ...CONDITIONAL, limits: { ...LIMITS, keySegmentCharacters: 255 }, hasFileNames: true },
  generic: { putIfAbsent: false, putIfVersion: false, limits: LIMITS },
};

export function isS3Service(name: unknown): name is S3Service {
  return typeof name === "string" && Object.hasOwn(S3_SERVICES, name);
}

/** A service's profile; `conditionalPut` says of both conditions what somebody has found out. */
export function serviceProfile(
  service: S3Service,
  conditionalPut: boolean | undefined,
): S3ServiceProfile {
  const profile = S3_SERVICES[service];
  if (conditionalPut === undefined) return profile;
  const conditions = { putIfAbsent: conditionalPut, putIfVersion: conditionalPut };
  return { ...profile, ...conditions, mayIgnoreOnVersions: false };
}
