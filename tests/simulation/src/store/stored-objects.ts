import type { ListPage, ListRequest, ObjectRef } from "@keywhen/core/store";

export interface StoredObject {
  readonly bytes: Uint8Array;
  readonly version: string;
  readonly lastModifiedMs: number;
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  readonly cacheControl: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface StoredObjects {
  readonly pageObjects: number;
  get(ref: ObjectRef): StoredObject | undefined;
  set(ref: ObjectRef, object: StoredObject): void;
  delete(ref: ObjectRef): StoredObject | undefined;
  keys(bucket: string): readonly string[];
  list(page: ListRequest, dateOf: (object: StoredObject) => Date): ListPage;
}

const PAGE_OBJECTS = 1_000;

/** `pageObjects`: few, so that small worlds have several pages. */
export function storedObjects(pageObjects: number): StoredObjects {
  const buckets = new Map<string, Map<string, StoredObject>>();
  const sorted = new Map<string, readonly string[]>();
  const bucketOf = (name: string) => {
    const bucket = buckets.get(name) ?? new Map<string, StoredObject>();
    buckets.set(name, bucket);
    return bucket;
  };
  const keys = (bucket: string) => {
    const known = sorted.get(bucket) ?? [...bucketOf(bucket).keys()].sort();
    sorted.set(bucket, known);
    return known;
  };
  return {
    pageObjects,
    get: ({ bucket, key }) => bucketOf(bucket).get(key),
    set({ bucket, key }, object) {
      bucketOf(bucket).set(key, object);
      sorted.delete(bucket);
    },
    delete({ bucket, key }) {
      const found = bucketOf(bucket).get(key);
      if (found !== undefined) sorted.delete(bucket);
      bucketOf(bucket).delete(key);
      return found;
    },
    keys,
    list({ bucket, prefix = "", startAfter = "", limit = PAGE_OBJECTS }, dateOf) {
      const most = Math.min(limit, pageObjects);
      const found = keys(bucket).filter((key) => key.startsWith(prefix) && key > startAfter);
      const objects = found.slice(0, most).flatMap((key) => {
        const object = bucketOf(bucket).get(key);
        return object ? [{ key, size: object.bytes.length, lastModified: dateOf(object) }] : [];
      });
      return { objects, more: found.length > most };
    },
  };
}
