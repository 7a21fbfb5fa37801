import { hasCode } from "@keywhen/core";
import {
  isStoreError,
  type ObjectRef,
  ObjectStoreError,
  type RequestOptions,
} from "@keywhen/core/store";
import type { Send } from "./s3-connection.js";

/** Buckets that keep versions, on a store that ignores conditions there. */
export interface VersionedBuckets {
  /** Throws `not-supported` before a put with a condition if the bucket keeps versions, which it may have to ask. */
  check(ref: ObjectRef, call: RequestOptions | undefined): Promise<void>;
  /** Throws `not-supported` after such a put if its answer names a version. */
  checkAnswer(ref: ObjectRef, versionId: string | undefined): void;
}

/** How long a bucket counts as one without versions. */
const BELIEVED_MS = 300_000;
/** Short, so that turning versions off soon has an effect. */
const REFUSED_MS = 10_000;
const BUCKETS_MAX = 10_000;

interface Entry {
  readonly isVersioned: Promise<boolean>;
  untilMs: number;
}

/** For Ceph, which takes `If-None-Match: *` always and refuses each `If-Match` on a bucket with versions. */
export function versionedBuckets(send: Send, nowMs: () => number): VersionedBuckets {
  const entries = new Map<string, Entry>();

  const remember = (bucket: string, isVersioned: Promise<boolean>): Entry => {
    if (entries.size >= BUCKETS_MAX) entries.clear();
    const entry = { isVersioned, untilMs: nowMs() + BELIEVED_MS };
    entries.set(bucket, entry);
    return entry;
  };

  const look = async (ref: ObjectRef, call: RequestOptions | undefined): Promise<boolean> => {
    const known = entries.get(ref.bucket);
    if (known !== undefined && nowMs() < known.untilMs) return known.isVersioned;
    const entry = remember(ref.bucket, ask(send, ref, call));
    try {
      const isVersioned = await entry.isVersioned;
      if (isVersioned) entry.untilMs = nowMs() + REFUSED_MS;
      return isVersioned;
    } catch (error) {
      entries.delete(ref.bucket);
      throw error;
    }
  };

  return {
    async check(ref, call) {
      if (await look(ref, call)) throw refusal(ref, false);
    },
    checkAnswer(ref, versionId) {
      if (versionId === undefined) return;
      remember(ref.bucket, Promise.resolve(true)).untilMs = nowMs() + REFUSED_MS;
      throw refusal(ref, true);
    },
  };
}

async function ask(send: Send, ref: ObjectRef, call: RequestOptions | undefined): Promise<boolean> {
  const purpose = { ...ref, operation: "put", kind: "get", prepares: true, call } as const;
  try {
    const { Status } = await send("GetBucketVersioning", { Bucket: ref.bucket }, purpose);
    return Boolean(Status);
  } catch (error) {
    // Who may not ask finds it out by the answer to the put.
    if (isStoreError(error) && !error.retryable && hasCode(error, ...UNKNOWN)) return false;
    throw error;
  }
}

const UNKNOWN = ["denied", "not-supported", "unexpected"] as const;

function refusal(ref: ObjectRef, undecided: boolean): ObjectStoreError {
  const message = `bucket ${ref.bucket} keeps versions, and this store ignores the condition of a put there, so leases and chosen delivery ids don't work: use a bucket that never had versioning, or set conditionalPut (conditional-put=true) once keywhen doctor --probe has proved that it works`;
  return new ObjectStoreError({
    ...ref,
    code: "not-supported",
    operation: "put",
    undecided,
    message,
  });
}
