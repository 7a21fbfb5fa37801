import type { StoreCapabilities } from "@keywhen/core/store";

export const PROFILE_NAMES = ["aws", "ceph", "minio", "gcs", "azure", "file", "none"] as const;
export type ProfileName = (typeof PROFILE_NAMES)[number];

/** What a store declares, and how it behaves where stores differ. */
export interface Profile {
  readonly name: ProfileName;
  readonly capabilities: StoreCapabilities;
  /** `content`: equal bodies have equal versions (S3's ETag); `counter`: every write has its own. */
  readonly versions: "content" | "counter";
  /** Times of objects and answers are cut to whole seconds. */
  readonly wholeSeconds: boolean;
  /** What may happen to conditional puts that meet: S3's 409 for anyone, Ceph's 500 for the loser. */
  readonly racingPuts: "clean" | "conflict" | "server-error";
  /** A bucket on another disk than all others: objects are copied there, never moved. */
  readonly bucketOnOtherDisk?: string;
}

export const S3: StoreCapabilities = {
  putIfAbsent: true,
  putIfVersion: true,
  orderedList: true,
  move: "none",
  singleCopyMaxBytes: 5 * 2 ** 30,
  deleteBatchSize: 1_000,
  limits: { keyBytes: 1_024, bucketCharacters: 63 },
  clock: "store",
};

export const PROFILES: Readonly<Record<ProfileName, Profile>> = {
  aws: {
    name: "aws",
    capabilities: S3,
    versions: "content",
    wholeSeconds: true,
    racingPuts: "conflict",
  },
  ceph: {
    name: "ceph",
    capabilities: S3,
    versions: "content",
    wholeSeconds: true,
    racingPuts: "server-error",
  },
  minio: {
    name: "minio",
    capabilities: { ...S3, limits: { ...S3.limits, keySegmentCharacters: 255 } },
    versions: "content",
    wholeSeconds: true,
    racingPuts: "clean",
  },
  gcs: {
    name: "gcs",
    capabilities: { ...S3, move: "same-bucket", deleteBatchSize: 1 },
    versions: "counter",
    wholeSeconds: true,
    racingPuts: "clean",
  },
  // Worlds are too small to fill Azure's 256.
  azure: {
    name: "azure",
    capabilities: { ...S3, deleteBatchSize: 4 },
    versions: "counter",
    wholeSeconds: true,
    racingPuts: "clean",
  },
  file: {
    name: "file",
    capabilities: { ...S3, move: "any-bucket", clock: "shared" },
    versions: "counter",
    wholeSeconds: false,
    racingPuts: "clean",
    bucketOnOtherDisk: "outbox",
  },
  none: {
    name: "none",
    capabilities: { ...S3, putIfAbsent: false, putIfVersion: false },
    versions: "content",
    wholeSeconds: true,
    racingPuts: "clean",
  },
};
