import { compareByteOrder, SortedKeys } from "./key-order.js";
import { checkBucketName, checkKey } from "./name-limits.js";
import type {
  CopyOptions,
  CopyResult,
  DeleteResult,
  ListedObject,
  ListPage,
  ListRequest,
  NameLimits,
  ObjectInfo,
  ObjectRef,
} from "./object-store.js";
import { ObjectStoreError, type RequestKind } from "./object-store-error.js";

/** An object as the memory store keeps it: never changed, only replaced. */
export interface StoredObject extends ObjectInfo {
  readonly bytes: Uint8Array;
}

interface Bucket {
  readonly objects: Map<string, StoredObject>;
  readonly keys: SortedKeys;
}

const PAGE_OBJECTS = 1_000;

interface MemoryBucketsOptions {
  /** The buckets that exist; `undefined`: every bucket exists. */
  readonly names: readonly string[] | undefined;
  readonly limits: NameLimits;
  readonly clock: { now(): number };
}

/** The objects of a memory store, each key checked before it is used. */
export class MemoryBuckets {
  readonly #options: MemoryBucketsOptions;
  readonly #buckets: Map<string, Bucket>;
  #writes = 0;

  constructor(options: MemoryBucketsOptions) {
    this.#options = options;
    this.#buckets = new Map(options.names?.map((name) => [name, emptyBucket()]));
  }

  /** Throws `no-such-bucket` and `invalid-key`. */
  find(operation: RequestKind, ref: ObjectRef): StoredObject | undefined {
    checkKey(operation, ref, this.#options.limits);
    return this.#bucketOf(operation, ref.bucket, ref.key).objects.get(ref.key);
  }

  write(ref: ObjectRef, object: Omit<StoredObject, "version" | "lastModified">): string {
    const { objects, keys } = this.#bucketOf("put", ref.bucket);
    this.#writes += 1;
    const version = String(this.#writes);
    const lastModified = new Date(this.#options.clock.now());
    objects.set(ref.key, { ...object, version, lastModified });
    keys.add(ref.key);
    return version;
  }

  copy(
    operation: "copy" | "move",
    source: ObjectRef,
    target: ObjectRef,
    metadata: CopyOptions["metadata"],
  ): CopyResult {
    const found = this.find(operation, source);
    this.find(operation, target);
    if (found === undefined) return { outcome: "source-gone" };
    this.write(target, { ...found, metadata: { ...(metadata ?? found.metadata) } });
    const isSame = source.bucket === target.bucket && source.key === target.key;
    if (operation === "move" && !isSame) this.delete(source.bucket, [source.key]);
    return { outcome: "copied" };
  }

  delete(bucket: string, names: readonly string[]): DeleteResult[] {
    const { objects, keys } = this.#bucketOf("delete", bucket);
    return names.map((key) => {
      objects.delete(key);
      keys.delete(key);
      return { outcome: "gone" };
    });
  }

  list(request: ListRequest): ListPage {
    const { prefix = "", startAfter = "" } = request;
    const { objects, keys } = this.#bucketOf("list", request.bucket);
    const limit = Math.min(request.limit ?? PAGE_OBJECTS, PAGE_OBJECTS);
    const found: ListedObject[] = [];
    for (const key of keys.from(compareByteOrder(startAfter, prefix) > 0 ? startAfter : prefix)) {
      const object = objects.get(key);
      if (object === undefined || key === startAfter) continue;
      if (!key.startsWith(prefix)) break;
      if (found.length === limit) return { objects: found, more: true };
      found.push({ key, size: object.size, lastModified: new Date(object.lastModified) });
    }
    return { objects: found, more: false };
  }

  #bucketOf(operation: RequestKind, name: string, key?: string): Bucket {
    checkBucketName(operation, name, this.#options.limits);
    const known = this.#buckets.get(name);
    if (known !== undefined) return known;
    if (this.#options.names !== undefined) {
      const message = "the bucket does not exist: add it to the option buckets of memoryStore()";
      throw new ObjectStoreError({ code: "no-such-bucket", operation, bucket: name, key, message });
    }
    const bucket = emptyBucket();
    this.#buckets.set(name, bucket);
    return bucket;
  }
}

function emptyBucket(): Bucket {
  return { objects: new Map(), keys: new SortedKeys() };
}
