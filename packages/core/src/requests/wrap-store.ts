import type { CopyOptions, ObjectStore, RequestOptions } from "../store/object-store.js";
import type { RequestKind } from "../store/object-store-error.js";
import { bytesOf } from "../values.js";

export interface StoreRequest {
  readonly kind: RequestKind;
  readonly bucket: string;
  readonly key: string | undefined;
  /** Bytes of the body that is sent or copied, where they are known. */
  readonly sizeBytes: number | undefined;
}

/** Runs around a store's calls: `send` makes the call with the `RequestOptions` that it is given. */
export type AroundRequest = <T>(
  request: StoreRequest,
  call: RequestOptions,
  send: (call: RequestOptions) => Promise<T>,
) => Promise<T>;

/** Returns a store whose calls all pass through `around`: limits, counters, faults and recorders are made with it. */
export function wrapStore(store: ObjectStore, around: AroundRequest): ObjectStore {
  const { move, nameProblem } = store;
  return {
    capabilities: store.capabilities,
    ...(nameProblem && { nameProblem: (ref) => nameProblem.call(store, ref) }),
    put: (ref, given, options = {}) => {
      const bytes = bytesOf(given); // an encoder's bytes can be of another realm, which adapters don't expect
      return around(at("put", ref, bytes?.length ?? options.size), options, (call) =>
        store.put(ref, bytes ?? given, { ...options, ...call }),
      );
    },
    head: (ref, call = {}) => around(at("head", ref), call, (inner) => store.head(ref, inner)),
    get: (ref, call = {}) => around(at("get", ref), call, (inner) => store.get(ref, inner)),
    list: (page, call = {}) =>
      around(at("list", { bucket: page.bucket, key: page.prefix }), call, (inner) =>
        store.list(page, inner),
      ),
    copy: (source, target, options = {}) =>
      around(at("copy", target, options.size), options, (call) =>
        store.copy(source, target, copyCall(options, call)),
      ),
    delete: (bucket, keys, call = {}) =>
      around(at("delete", { bucket, key: keys[0] }), call, (inner) =>
        store.delete(bucket, keys, inner),
      ),
    ...(move && {
      move: (source, target, options = {}) =>
        around(at("move", target, options.size), options, (call) =>
          move.call(store, source, target, copyCall(options, call)),
        ),
    }),
  };
}

function at(
  kind: RequestKind,
  { bucket, key }: { readonly bucket: string; readonly key: string | undefined },
  sizeBytes?: number,
): StoreRequest {
  return { kind, bucket, key, sizeBytes };
}

/** Named, not spread: a second spread into one object is slow, and most calls of a sweep are copies. */
function copyCall(
  { size, metadata }: CopyOptions,
  { signal, onDate, onRequest }: RequestOptions,
): CopyOptions & RequestOptions {
  return { size, metadata, signal, onDate, onRequest };
}

/** Requests on the wire by kind. */
export type Requests = Record<RequestKind, number>;

export function noRequests(): Requests {
  return { list: 0, head: 0, get: 0, put: 0, copy: 0, move: 0, delete: 0 };
}

/** Returns a store that adds its requests to `requests`: those that a call reports by `onRequest`, or one a call. */
export function countedStore(store: ObjectStore, requests: Requests): ObjectStore {
  return wrapStore(store, ({ kind }, call, send) =>
    send({ ...call, onRequest: countCall(requests, kind, call) }),
  );
}

/** Counts a call that is made now as one request, until it reports what it sends. */
export function countCall(
  requests: Requests,
  kind: RequestKind,
  call: RequestOptions,
): NonNullable<RequestOptions["onRequest"]> {
  let isAssumed = true;
  requests[kind] += 1;
  return (sent) => {
    if (isAssumed) requests[kind] -= 1;
    isAssumed = false;
    requests[sent] += 1;
    call.onRequest?.(sent);
  };
}
