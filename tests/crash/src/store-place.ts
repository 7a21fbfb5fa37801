import type { ObjectStore } from "@keywhen/core/store";

/** The bucket that holds the schedules, one root each. */
export const SCHEDULE = "schedule";
/** The bucket that events go to. */
export const TARGET = "due";

/** The shortest, so that a death is soon got over. */
export const LEASE = "10s";

/** Where a store is, in words that go from process to process. */
export type StorePlace = CephPlace | { readonly kind: "file"; readonly folder: string };

export interface CephPlace {
  readonly kind: "ceph";
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Past the SDK's middleware, or through it. @default true */
  readonly fastLane?: boolean | undefined;
}

export interface OpenedStore {
  readonly store: ObjectStore;
  readonly close: () => void;
}

/**
 * Opens a store whose requests carry a name, which Ceph repeats in its notifications. Loads only its adapter, because many
 * processes do.
 */
export async function openStore(place: StorePlace, name: string): Promise<OpenedStore> {
  if (place.kind === "file") {
    const { fsStore } = await import("@keywhen/adapter-fs");
    return { store: fsStore({ folder: place.folder }), close: () => {} };
  }
  const { S3Client } = await import("@aws-sdk/client-s3");
  const { s3Store } = await import("@keywhen/adapter-s3");
  const client = new S3Client({ ...clientConfig(place), customUserAgent: name });
  return {
    store: s3Store({ client, service: "ceph", fastLane: place.fastLane }),
    close: () => client.destroy(),
  };
}

export function clientConfig(place: CephPlace) {
  const { endpoint, accessKeyId, secretAccessKey } = place;
  return {
    endpoint,
    region: "default",
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
    requestHandler: { httpAgent: { keepAlive: true, maxSockets: 256 } },
  };
}
