import {
  type ObjectRef,
  type ObjectStore,
  ObjectStoreError,
  type RequestOptions,
} from "@keywhen/core/store";

type Operation = (store: ObjectStore, call?: RequestOptions) => Promise<unknown>;

const HERE: ObjectRef = { bucket: "here", key: "k" };
const AWAY: ObjectRef = { bucket: "away", key: "k" };
const MEBIBYTE = 1_048_576;
const BYTE = new Uint8Array(1);
const large = () => streamOf(...Array.from({ length: 9 }, () => new Uint8Array(MEBIBYTE)));

export const OPERATIONS: Readonly<Record<string, Operation>> = {
  put: (store, call) => store.put(HERE, BYTE, call),
  "put if absent": (store, call) => store.put(HERE, BYTE, { ...call, condition: { if: "absent" } }),
  "put in parts": (store, call) => store.put(HERE, large(), call),
  head: (store, call) => store.head(HERE, call),
  get: (store, call) => store.get(HERE, call),
  list: (store, call) => store.list({ bucket: "here" }, call),
  "list of a prefix": (store, call) => store.list({ bucket: "here", prefix: "p/" }, call),
  copy: (store, call) => store.copy(HERE, AWAY, call),
  "copy with metadata": (store, call) => store.copy(HERE, AWAY, { ...call, metadata: { a: "1" } }),
  "copy in parts": (store, call) => store.copy(HERE, AWAY, { ...call, size: 1e10 }),
  "delete of several": (store, call) => store.delete("here", ["a", "b"], call),
  "delete of one": (store, call) => store.delete("here", ["a"], call),
};

export const STREAM_PUTS: Readonly<Record<string, Operation>> = {
  "put of a stream": (store, call) => store.put(HERE, streamOf(BYTE), call),
  "put of a large stream": (store, call) =>
    store.put(HERE, large(), { ...call, size: 9 * MEBIBYTE }),
};

/** Gives each chunk only when it is asked for. */
export function streamOf(...chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  const left = [...chunks];
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const chunk = left.shift();
        if (chunk === undefined) controller.close();
        else controller.enqueue(chunk);
      },
    },
    { highWaterMark: 0 },
  );
}

/** The store's error of a failing call; throws if the call does anything else. */
export async function storeErrorOf(call: Promise<unknown>): Promise<ObjectStoreError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof ObjectStoreError) return error;
    throw error;
  }
  throw new Error("The call did not fail.");
}

export function endlessBody() {
  let isCancelled = false;
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(1_048_576)),
    cancel: () => {
      isCancelled = true;
    },
  });
  return { body, isCancelled: () => isCancelled };
}
