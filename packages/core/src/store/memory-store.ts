import { checkOptionNames } from "../input/option-names.js";
import { systemClock } from "../machine.js";
import { MemoryBuckets, type StoredObject } from "./memory-buckets.js";
import { nameProblem } from "./name-limits.js";
import type {
  ObjectHeaders,
  ObjectInfo,
  ObjectRef,
  ObjectStore,
  OpenObject,
  PutCondition,
  PutOptions,
  RequestOptions,
  StoreCapabilities,
} from "./object-store.js";
import { ObjectStoreError, type RequestKind } from "./object-store-error.js";
import { readBody } from "./read-body.js";

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
  const buckets = new MemoryBuckets({ names: options.buckets, limits, clock });

  const answer = <T>(
    operation: RequestKind,
    ref: AnswerRef,
    call: RequestOptions | undefined,
    act: () => T | Promise<T>,
  ) =>
    answerCall(
      { operation, ...ref },
      call,
      capabilities.clock === "store" ? clock : undefined,
      act,
    );

  const store: ObjectStore = {
    capabilities,
    nameProblem: (ref) => nameProblem(ref, limits),
    put: (ref, body, put) =>
      answer("put", ref, put, async () => {
        buckets.find("put", ref);
        checkCondition(ref, put?.condition, capabilities);
        const headers = headersOf(put);
        const bytes = await readBody(ref, body, put);
        const lost = lostTo(buckets.find("put", ref), put?.condition);
        if (lost !== undefined) return { outcome: lost };
        const object = { ...headers, size: bytes.length, bytes };
        return { outcome: "written", version: buckets.write(ref, object) };
      }),
    head: (ref, call) =>
      answer("head", ref, call, () => {
        const found = buckets.find("head", ref);
        return found && infoOf(found);
      }),
    get: (ref, call) =>
      answer("get", ref, call, () => {
        const found = buckets.find("get", ref);
        return found && opened(found);
      }),
    list: (page, call) => answer("list", { bucket: page.bucket }, call, () => buckets.list(page)),
    copy: (source, target, options) =>
      answer("copy", target, options, () =>
        buckets.copy("copy", source, target, options?.metadata),
      ),
    delete: (bucket, keys, call) =>
      answer("delete", { bucket }, call, () => {
        checkBatch(bucket, keys, capabilities);
        return buckets.delete(bucket, keys);
      }),
  };
  if (!options.move) return store;
  return {
    ...store,
    move: (source, target, options) =>
      answer("move", target, options, () =>
        buckets.copy("move", source, target, options?.metadata),
      ),
  };
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

interface AnswerRef {
  readonly bucket: string;
  readonly key?: string | undefined;
}

/** Makes one call: refuses it if it is aborted already; the answer, an error too, carries the store's time if it has one. */
async function answerCall<T>(
  request: AnswerRef & { readonly operation: RequestKind },
  { signal, onDate }: RequestOptions = {},
  storeClock: { now(): number } | undefined,
  act: () => T | Promise<T>,
): Promise<T> {
  if (signal?.aborted) {
    const details = { ...request, code: "aborted", undecided: false } as const;
    throw new ObjectStoreError({ ...details, message: "aborted", cause: signal.reason });
  }
  try {
    return await act();
  } finally {
    if (storeClock !== undefined) onDate?.(new Date(storeClock.now()));
  }
}

function headersOf(
  put: PutOptions | undefined,
): Required<ObjectHeaders> & Pick<ObjectInfo, "metadata"> {
  return {
    contentType: put?.contentType,
    contentEncoding: put?.contentEncoding,
    cacheControl: put?.cacheControl,
    metadata: { ...put?.metadata },
  };
}

/** What a caller is told of it; a copy, so that no caller can change what is stored. */
function infoOf({ bytes: _, ...info }: StoredObject): ObjectInfo {
  return { ...info, lastModified: new Date(info.lastModified), metadata: { ...info.metadata } };
}

function opened(object: StoredObject): OpenObject {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      if (object.size > 0) controller.enqueue(object.bytes.slice());
      controller.close();
    },
  });
  return { ...infoOf(object), body };
}
