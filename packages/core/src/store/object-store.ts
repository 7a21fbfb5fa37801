import type { ObjectStoreError, RequestKind } from "./object-store-error.js";

/**
 * The one interface between keywhen and a store of objects. This file is the whole contract: seven calls, no retries.
 * `@keywhen/store-conformance` proves an implementation.
 *
 * For every call:
 *
 * - **Sent once.** A call sends its request once. The caller retries, because only the caller knows until when that is safe. A
 *   body that is a stream is never sent twice.
 * - **Results and errors.** A lost race, a missing object and a missing source are results. Everything else is thrown as an
 *   `ObjectStoreError`. Callers decide by its `code`, never by its text.
 * - **Missing buckets.** `put`, `list` and `copy` throw `no-such-bucket`. `head` and `get` throw it too or return `undefined`,
 *   because some services answer both alike. A store that creates buckets with the first write reports `isBucketMissing`.
 * - **Names.** A key or bucket that the store can't have is refused as `invalid-key`, never changed into another name.
 * - **Cancellation.** If `signal` has aborted, the call sends nothing and throws `aborted`. If it aborts later, the call throws
 *   `aborted` soon; the request may have been carried out.
 * - **Concurrency.** Any number of calls may run at the same time, also for one key.
 * - **Consistency.** A call sees every write that was answered before it was sent.
 * - **Store time.** If the store's answers carry its clock (HTTP `Date`), each answer is passed to `onDate`, also one that
 *   reports a missing object or an error.
 * - **Keys** are strings of any characters, ordered by their UTF-8 bytes. Keys of the schedule are printable ASCII; keys of
 *   targets are the user's. A store may order keys outside of ASCII by UTF-16 units (Azure's emulator does; Azure does not
 *   document its order) if it pages in that order: no page skips or repeats a key.
 */
export interface ObjectStore {
  readonly capabilities: StoreCapabilities;

  /**
   * Optional: why this store can never have an object of that bucket and key, as one clause for an error message (`the key
   * contains a NUL character`), or `undefined`. Sends nothing and never throws. Every call refuses the same names as
   * `invalid-key`; the scheduler refuses such a target before the event is stored. `undefined` promises nothing: only a
   * request can show, for example, whether the bucket exists.
   */
  nameProblem?(ref: ObjectRef): string | undefined;

  /**
   * Stores an object whole or not at all: no reader sees a part of it, and a body that breaks off leaves what was there
   * before. Without a condition it replaces the object with its headers. A put that failed may have read a part of a stream,
   * which can't be used again.
   *
   * The condition and the write are one atomic step, also between processes: of racing `absent` puts of one key, exactly one
   * is `written`. A condition that the store can't honor, in general or for this kind of body, throws `not-supported` and
   * writes nothing.
   *
   * `exists`: the condition was `absent` and the key is taken. `changed`: the condition was `version` and the object has
   * another version or is missing. A race that the store reports as undecided (S3's 409) is thrown as `conflict`.
   */
  put(ref: ObjectRef, body: Body, options?: PutOptions & RequestOptions): Promise<PutResult>;

  /** An object without its body; `undefined` if it is missing. */
  head(ref: ObjectRef, call?: RequestOptions): Promise<ObjectInfo | undefined>;

  /** Opens an object; `undefined` if it is missing. The caller reads or cancels `body`. */
  get(ref: ObjectRef, call?: RequestOptions): Promise<OpenObject | undefined>;

  /**
   * One page of keys in ascending order: those that start with `prefix` and sort after `startAfter`, which is any string and
   * need not exist. `limit` is from 1 to 1,000, by default 1,000; a page may contain fewer objects. `more` is true if another
   * object may follow; then the page is not empty. `startAfter` is a key and not a position: objects deleted or added between
   * two pages never make the next page skip others.
   */
  list(page: ListRequest, call?: RequestOptions): Promise<ListPage>;

  /**
   * Copies an object unchanged: body, content type and encoding, cache control, user metadata and, if the store has them,
   * tags. `metadata` replaces the user metadata and nothing else. The target is replaced. The copy is independent of the
   * source: `lastModified` is when the copy was made, and later changes of the source do not change it.
   *
   * `copied`: the store has confirmed the copy; never inferred from an empty or partial answer. `source-gone`: the source is
   * missing and the target is untouched. If the target's bucket is missing as well, either answer may come. An object too large
   * for the store's single copy is copied in parts, with the same promise.
   *
   * keywhen never copies an object onto itself. A store may do it or refuse it (S3 refuses), but never loses the object.
   */
  copy(
    source: ObjectRef,
    target: ObjectRef,
    options?: CopyOptions & RequestOptions,
  ): Promise<CopyResult>;

  /**
   * Deletes up to `capabilities.deleteBatchSize` objects of one bucket. Returns one answer for each key, in the order of `keys`;
   * for no keys, none. `gone`: the object is missing now, even if another caller deleted it, so repeating a delete is safe.
   * keywhen never repeats a key within one call. Throws if the request fails as a whole, and for a larger batch (`not-supported`,
   * nothing deleted).
   */
  delete(
    bucket: string,
    keys: readonly string[],
    call?: RequestOptions,
  ): Promise<readonly DeleteResult[]>;

  /**
   * Optional: `copy` and `delete` of the source as one atomic step. A reader never finds both, not even after the process or
   * the machine died in the middle of it.
   *
   * Offered for the pairs of buckets that `capabilities.move` names. For a pair that the store can't move atomically (a bucket on
   * another disk) it throws `not-supported` and changes nothing; the caller then copies and deletes, and looks at the target
   * first if the event may have been tried.
   */
  move?(
    source: ObjectRef,
    target: ObjectRef,
    options?: CopyOptions & RequestOptions,
  ): Promise<CopyResult>;
}

/** What a store can do: declared here and proved by the conformance kit, never probed while keywhen works. */
export interface StoreCapabilities {
  /** `put` honors `{ if: "absent" }`. Without it there are no chosen delivery ids. */
  readonly putIfAbsent: boolean;
  /** `put` honors `{ if: "version" }`. */
  readonly putIfVersion: boolean;
  /** `list` is in ascending byte order. A store without it can't hold a schedule. */
  readonly orderedList: boolean;
  /** Where `move` may be called: nowhere, inside one bucket, or between any two. It may refuse a pair (`not-supported`). */
  readonly move: "none" | "same-bucket" | "any-bucket";
  /** Objects up to this size are copied by one request, larger ones in parts. */
  readonly singleCopyMaxBytes: number;
  /** The most keys that one `delete` takes. */
  readonly deleteBatchSize: number;
  readonly limits: NameLimits;
  /** Whose clock the answers carry: `store`, `shared` (store and callers read one: a file system, memory) or `none`. */
  readonly clock: "store" | "shared" | "none";
}

/** How long names may be; checked before anything is sent. */
export interface NameLimits {
  /** UTF-8 bytes of a key. */
  readonly keyBytes: number;
  /** Characters between two `/` of a key; unlimited if left out. */
  readonly keySegmentCharacters?: number | undefined;
  /** Characters of a bucket's name. */
  readonly bucketCharacters: number;
}

export interface ObjectRef {
  readonly bucket: string;
  readonly key: string;
}

/** What every call takes. */
export interface RequestOptions {
  readonly signal?: AbortSignal | undefined;
  /**
   * Called with the store's time of each answer that carries one: exact, or cut to whole seconds as in an HTTP `Date`. keywhen
   * takes a time without milliseconds for the middle of the second.
   */
  readonly onDate?: ((storeTime: Date) => void) | undefined;
  /**
   * Called for each request that is sent. A call that never does counts as one request of its kind, so only calls that need
   * several (a copy in parts) must.
   */
  readonly onRequest?: ((kind: RequestKind) => void) | undefined;
}

/**
 * Bytes, or a stream that is read once and never in memory as a whole. A stream may reuse the memory of a chunk when the next one
 * is read: a store that keeps chunks copies them.
 */
export type Body = Uint8Array | ReadableStream<Uint8Array>;

/** The headers that an object carries and that every copy keeps. */
export interface ObjectHeaders {
  readonly contentType?: string | undefined;
  readonly contentEncoding?: string | undefined;
  readonly cacheControl?: string | undefined;
  /** User metadata. Names are `[a-z0-9-]+`, values printable ASCII. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

export interface PutOptions extends ObjectHeaders {
  /** The length of a stream in bytes, if known. A body of another length is refused and not stored. */
  readonly size?: number | undefined;
  readonly condition?: PutCondition | undefined;
}

export type PutCondition =
  | { readonly if: "absent" }
  | { readonly if: "version"; readonly version: string };

export type PutResult =
  | { readonly outcome: "written"; readonly version: string }
  | { readonly outcome: "exists" }
  | { readonly outcome: "changed" };

export interface ObjectInfo {
  /** Bytes of the body. */
  readonly size: number;
  /** By the store's clock; may be cut to whole seconds. */
  readonly lastModified: Date;
  /** Opaque; the string that `put` returned. Another body has another version; the same body may keep it (S3's ETag). */
  readonly version: string;
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  readonly cacheControl: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface OpenObject extends ObjectInfo {
  readonly body: ReadableStream<Uint8Array>;
}

export interface ListRequest {
  readonly bucket: string;
  readonly prefix?: string | undefined;
  readonly startAfter?: string | undefined;
  readonly limit?: number | undefined;
}

export interface ListPage {
  readonly objects: readonly ListedObject[];
  readonly more: boolean;
  /**
   * The bucket does not exist yet; the first write creates it. A store that creates no buckets throws `no-such-bucket`.
   * @default false
   */
  readonly isBucketMissing?: boolean | undefined;
}

export interface ListedObject {
  readonly key: string;
  readonly size: number;
  readonly lastModified: Date;
}

export interface CopyOptions {
  /** Replaces the user metadata of the copy; left out, it is kept. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** The source's size in bytes, if the caller knows it; it can save the store a request. */
  readonly size?: number | undefined;
}

export interface CopyResult {
  readonly outcome: "copied" | "source-gone";
}

export type DeleteResult =
  | { readonly outcome: "gone" }
  | { readonly outcome: "failed"; readonly error: ObjectStoreError };
