import { checkOptionNames } from "../input/option-names.js";
import { systemClock } from "../machine.js";
import { MemoryBuckets, type StoredObject } from "./memory-buckets.js";
import { nameProblem } from "./name-limits.js";
import type {
  CopyOptions,
  CopyResult,
  ObjectInfo,
  ObjectRef,
  ObjectStore,
  OpenObject,
  PutCondition,
  RequestOptions,
  StoreCapabilities,
} from "./object-store.js";
import { ObjectStoreError, type RequestKind } from "./object-store-error.js";
import { readBody } from "./read-body.js";

export interface MemoryStoreOptions {
  /**
   * Stamps `lastModified`, in epoch milliseconds, and the store's time if `capabilities.clock` is `store`.
   * @default this machine's clock
   */
  readonly clock?: { now(): number } | undefined;
  /**
   * The buckets that exist; any other is `no-such-bucket`.
   * @default every bucket exists
   */
  readonly buckets?: readonly string[] | undefined;
  /**
   * Whether the store offers an atomic `move` between any two buckets.
   * @default false
   */
  readonly move?: boolean | undefined;
  /** Switches capabilities off. A condition that is switched off is refused. */
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

/** The reference `ObjectStore`, in memory: keeps every promise of the interface. For tests without cloud and sleep. */
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

  /** Makes one call, unless it is aborted already. Any answer, also an error, carries the store's time if it has one. */
  const answer = async <T>(
    operation: RequestKind,
    ref: { readonly bucket: string; readonly key?: string },
    { signal, onDate }: RequestOptions = {},
    act: () => T | Promise<T>,
  ): Promise<T> => {
    if (signal?.aborted) {
      const details = { operation, ...ref, code: "aborted", undecided: false } as const;
      throw new ObjectStoreError({ ...details, message: "aborted", cause: signal.reason });
    }
    try {
      return await act();
    } finally {
      if (capabilities.clock === "store") onDate?.(new Date(clock.now()));
    }
  };
  const copyOrMove =
    (operation: "copy" | "move") =>
    (source: ObjectRef, target: ObjectRef, call?: CopyOptions & RequestOptions) =>
      answer<CopyResult>(operation, target, call, () =>
        buckets.copy(operation, source, target, call?.metadata),
      );

  return {
    capabilities,
    nameProblem: (ref) => nameProblem(ref, limits),
    put: (ref, body, put = {}) =>
      answer("put", ref, put, async () => {
        const { contentType, contentEncoding, cacheControl, metadata, condition } = put;
        buckets.find("put", ref);
        checkCondition(ref, condition, capabilities);
        const headers = { contentType, contentEncoding, cacheControl, metadata: { ...metadata } };
        const bytes = await readBody(ref, body, put);
        const lost = lostTo(buckets.find("put", ref), condition);
        if (lost !== undefined) return { outcome: lost };
        const version = buckets.write(ref, { ...headers, size: bytes.length, bytes });
        return { outcome: "written", version };
      }),
    head: (ref, call) => answer("head", ref, call, () => infoOf(buckets.find("head", ref))),
    get: (ref, call) => answer("get", ref, call, () => opened(buckets.find("get", ref))),
    list: (page, call) => answer("list", { bucket: page.bucket }, call, () => buckets.list(page)),
    copy: copyOrMove("copy"),
    delete: (bucket, keys, call) =>
      answer("delete", { bucket }, call, () => {
        const { deleteBatchSize } = capabilities;
        if (keys.length <= deleteBatchSize) return buckets.delete(bucket, keys);
        const message = `${keys.length} keys in one call; the limit is ${deleteBatchSize}: split them`;
        throw new ObjectStoreError({ code: "not-supported", operation: "delete", bucket, message });
      }),
    ...(options.move && { move: copyOrMove("move") }),
  };
}

function checkCondition(
  ref: ObjectRef,
  condition: PutCondition | undefined,
  { putIfAbsent, putIfVersion }: StoreCapabilities,
): void {
  if (condition === undefined) return;
  if (condition.if === "absent" ? putIfAbsent : putIfVersion) return;
  const message = `the condition "${condition.if}" is switched off in the capabilities of this memoryStore()`;
  throw new ObjectStoreError({ ...ref, code: "not-supported", operation: "put", message });
}

/** Why a conditional put does not replace an object; `undefined` if it may. */
function lostTo(
  found: StoredObject | undefined,
  condition: PutCondition | undefined,
): "exists" | "changed" | undefined {
  if (condition?.if === "absent" && found !== undefined) return "exists";
  if (condition?.if === "version" && found?.version !== condition.version) return "changed";
  return undefined;
}

/** A copy, so that no caller can change what is stored. */
function infoOf(object: StoredObject | undefined): ObjectInfo | undefined {
  if (object === undefined) return undefined;
  const { bytes: _, ...info } = object;
  return { ...info, lastModified: new Date(info.lastModified), metadata: { ...info.metadata } };
}

function opened(object: StoredObject | undefined): OpenObject | undefined {
  const info = infoOf(object);
  if (object === undefined || info === undefined) return undefined;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      if (object.size > 0) controller.enqueue(object.bytes.slice());
      controller.close();
    },
  });
  return { ...info, body };
}
