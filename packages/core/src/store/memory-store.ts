import { checkOptionNames } from "../options/check-option-names.js";
import { systemClock } from "../system-clock.js";
import { compareByteOrder } from "./byte-order.js";
import { checkBucketName, checkKey, nameProblem } from "./name-limits.js";
import type {
  CopyOptions,
  CopyResult,
  DeleteResult,
  ListPage,
  ListRequest,
  ObjectRef,
  ObjectStore,
  PutCondition,
  StoreCall,
  StoreCapabilities,
} from "./object-store.js";
import { ObjectStoreError } from "./object-store-error.js";
import { readBody } from "./read-body.js";
import type { RequestKind } from "./request-kind.js";
import { type SortedKeys, sortedKeys } from "./sorted-keys.js";
import { headersOf, infoOf, opened, type StoredObject } from "./stored-object.js";

export interface MemoryStoreOptions {
  /**
   * Stamps `lastModified`, in epoch milliseconds, and the store's time if `capabilities.clock` is `store`.
   * @default systemClock
   */
  readonly clock?: { now(): number } | undefined;
  /**
   * The buckets there are; any other is `no-such-bucket`.
   * @default every bucket exists
   */
  readonly buckets?: readonly string[] | undefined;
  /**
   * Whether the store offers an atomic `move` between any two buckets.
   * @default false
   */
  readonly move?: boolean | undefined;
  /** What the store is to be unable to do, to see how a caller copes. A condition that is switched off is refused. */
  readonly capabilities?: Partial<Omit<StoreCapabilities, "move">> | undefined;
}

const CAPABILITIES: StoreCapabilities = {
  putIfAbsent: true,
  putIfVersion: true,
  orderedList: true,
  move: "none",
  singleCopyMaxBytes: Number.MAX_SAFE_INTEGER,
  deleteBatchSize: 1_000,
  limits: { keyBytes: 1_024, bucketCharacters: 63 },
  clock: "shared",
};

const PAGE_OBJECTS = 1_000;

interface Bucket {
  readonly objects: Map<string, StoredObject>;
  readonly keys: SortedKeys;
}

/**
 * The reference `ObjectStore`: keeps every promise of the interface, in memory and for this process alone.
 * For tests of code that uses keywhen, with neither cloud nor sleep.
 */
export function memoryStore(options: MemoryStoreOptions = {}): ObjectStore {
  checkOptionNames(options, ["clock", "buckets", "move", "capabilities"], "memoryStore()");
  const { clock = systemClock } = options;
  const capabilities: StoreCapabilities = {
    ...CAPABILITIES,
    ...options.capabilities,
    move: options.move ? "any-bucket" : "none",
  };
  const { limits } = capabilities;
  const buckets = new Map(options.buckets?.map((name) => [name, emptyBucket()]));
  let writes = 0;

  function bucketOf(operation: RequestKind, name: string, key?: string): Bucket {
    checkBucketName(operation, name, limits);
    const bucket = buckets.get(name) ?? (options.buckets ? undefined : emptyBucket());
    if (bucket === undefined) {
      const message = "there is no such bucket";
      throw new ObjectStoreError({ code: "no-such-bucket", operation, bucket: name, key, message });
    }
    buckets.set(name, bucket);
    return bucket;
  }

  function find(operation: RequestKind, ref: ObjectRef): StoredObject | undefined {
    checkKey(operation, ref, limits);
    return bucketOf(operation, ref.bucket, ref.key).objects.get(ref.key);
  }

  function write(ref: ObjectRef, object: Omit<StoredObject, "version" | "lastModified">): string {
    const { objects, keys } = bucketOf("put", ref.bucket);
    writes += 1;
    const version = String(writes);
    objects.set(ref.key, { ...object, version, lastModified: new Date(clock.now()) });
    keys.add(ref.key);
    return version;
  }

  function remove(ref: ObjectRef): void {
    const { objects, keys } = bucketOf("delete", ref.bucket);
    objects.delete(ref.key);
    keys.delete(ref.key);
  }

  function copy(
    operation: "copy" | "move",
    source: ObjectRef,
    target: ObjectRef,
    metadata: CopyOptions["metadata"],
  ): CopyResult {
    const found = find(operation, source);
    find(operation, target);
    if (found === undefined) return { outcome: "source-gone" };
    write(target, { ...found, metadata: { ...(metadata ?? found.metadata) } });
    if (operation === "move" && !isSame(source, target)) remove(source);
    return { outcome: "copied" };
  }

  /** Makes one call: refused if it is aborted already; its answer, an error too, tells the store's time. */
  async function answer<T>(
    operation: RequestKind,
    { bucket, key }: { readonly bucket: string; readonly key?: string },
    { signal, onDate }: StoreCall = {},
    act: () => T | Promise<T>,
  ): Promise<T> {
    if (signal?.aborted) {
      const details = { code: "aborted", operation, bucket, key, undecided: false } as const;
      throw new ObjectStoreError({ ...details, message: "aborted", cause: signal.reason });
    }
    try {
      return await act();
    } finally {
      if (capabilities.clock === "store") onDate?.(new Date(clock.now()));
    }
  }

  const store: ObjectStore = {
    capabilities,
    nameProblem: (ref) => nameProblem(ref, limits),
    put: (ref, body, put) =>
      answer("put", ref, put, async () => {
        find("put", ref);
        checkCondition(ref, put?.condition, capabilities);
        const headers = headersOf(put);
        const bytes = await readBody(ref, body, put);
        const lost = lostTo(find("put", ref), put?.condition);
        if (lost !== undefined) return { outcome: lost };
        return {
          outcome: "written",
          version: write(ref, { ...headers, size: bytes.length, bytes }),
        };
      }),
    head: (ref, call) =>
      answer("head", ref, call, () => {
        const found = find("head", ref);
        return found && infoOf(found);
      }),
    get: (ref, call) =>
      answer("get", ref, call, () => {
        const found = find("get", ref);
        return found && opened(found);
      }),
    list: (page, call) =>
      answer("list", { bucket: page.bucket }, call, () =>
        listed(bucketOf("list", page.bucket), page),
      ),
    copy: (source, target, options) =>
      answer("copy", target, options, () => copy("copy", source, target, options?.metadata)),
    delete: (bucket, keys, call) =>
      answer("delete", { bucket }, call, () => {
        bucketOf("delete", bucket);
        checkBatch(bucket, keys, capabilities);
        return keys.map((key): DeleteResult => {
          remove({ bucket, key });
          return { outcome: "gone" };
        });
      }),
  };
  if (!options.move) return store;
  return {
    ...store,
    move: (source, target, options) =>
      answer("move", target, options, () => copy("move", source, target, options?.metadata)),
  };
}

function emptyBucket(): Bucket {
  return { objects: new Map(), keys: sortedKeys() };
}

function isSame(left: ObjectRef, right: ObjectRef): boolean {
  return left.bucket === right.bucket && left.key === right.key;
}

function checkCondition(
  ref: ObjectRef,
  condition: PutCondition | undefined,
  { putIfAbsent, putIfVersion }: StoreCapabilities,
): void {
  if (condition === undefined) return;
  if (condition.if === "absent" ? putIfAbsent : putIfVersion) return;
  const message = `a put if ${condition.if} is switched off`;
  throw new ObjectStoreError({ ...ref, code: "not-supported", operation: "put", message });
}

function checkBatch(
  bucket: string,
  keys: readonly string[],
  { deleteBatchSize }: StoreCapabilities,
) {
  if (keys.length <= deleteBatchSize) return;
  const message = `${keys.length} keys at once; the limit is ${deleteBatchSize}`;
  throw new ObjectStoreError({ code: "not-supported", operation: "delete", bucket, message });
}

/** How a conditional put of an object fares; `undefined` if it may be written. */
function lostTo(
  found: StoredObject | undefined,
  condition: PutCondition | undefined,
): "exists" | "changed" | undefined {
  if (condition?.if === "absent" && found !== undefined) return "exists";
  if (condition?.if === "version" && found?.version !== condition.version) return "changed";
  return undefined;
}

function listed({ objects, keys }: Bucket, page: ListRequest): ListPage {
  const { prefix = "", startAfter } = page;
  const limit = Math.min(page.limit ?? PAGE_OBJECTS, PAGE_OBJECTS);
  const found: ListPage["objects"][number][] = [];
  const isPastPrefix = startAfter !== undefined && compareByteOrder(startAfter, prefix) > 0;
  for (const key of keys.from(isPastPrefix ? startAfter : prefix)) {
    const object = objects.get(key);
    if (object === undefined || key === startAfter) continue;
    if (!key.startsWith(prefix)) break;
    if (found.length === limit) return { objects: found, more: true };
    found.push({ key, size: object.size, lastModified: new Date(object.lastModified) });
  }
  return { objects: found, more: false };
}
