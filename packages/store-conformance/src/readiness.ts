import { hasCode } from "@keywhen/core";
import { isStoreError, type ObjectRef, type ObjectStore } from "@keywhen/core/store";
import { within } from "./calls.js";
import { type OpenedStore, randomName } from "./room.js";
import { undeclared } from "./themes/capabilities.js";

/** Every proof fails for this one reason, which says nothing about its promise. */
export class NotReady extends Error {
  override readonly name = "NotReady";
}

const LIMIT_MS = 10_000;

/** Throws `NotReady` unless the store declares what it can do and takes an object in both buckets. */
export async function checkReadiness({ store, buckets }: OpenedStore): Promise<void> {
  const [missing] = undeclared(store.capabilities);
  if (missing !== undefined) throw new NotReady(`The store can't be proved: ${missing}.`);
  for (const bucket of buckets) {
    await tryPut(store, { bucket, key: `conformance-${randomName()}/first` });
  }
}

async function tryPut(store: ObjectStore, ref: ObjectRef): Promise<void> {
  const tooLate = new Error(`it has no answer after ${LIMIT_MS / 1_000} s`);
  const put = () => within(LIMIT_MS, store.put(ref, new Uint8Array()), tooLate);
  try {
    await put().catch((error: unknown) => {
      if (!isStoreError(error) || !error.retryable) throw error;
      return put();
    });
  } catch (cause) {
    throw notReady(ref.bucket, cause);
  }
  await store.delete(ref.bucket, [ref.key]).catch(() => undefined);
}

function notReady(bucket: string, cause: unknown): NotReady {
  const why = cause instanceof Error ? cause.message : String(cause);
  const fix = hasCode(cause, "no-such-bucket")
    ? `Create the bucket "${bucket}" first.`
    : "Check that the server runs, and the URL and the credentials.";
  const message = `The store can't be proved: the first put to the bucket "${bucket}" failed: ${why}. ${fix}`;
  return new NotReady(message, { cause });
}
