import type { ObjectStore, RequestOptions } from "../store/object-store.js";
import type { RequestKind } from "../store/request-kind.js";
import { wrapStore } from "./wrap-store.js";

/** Requests on the wire by kind. */
export type Requests = Record<RequestKind, number>;

export function noRequests(): Requests {
  return { list: 0, head: 0, get: 0, put: 0, copy: 0, move: 0, delete: 0 };
}

/**
 * A store that adds its requests to `requests`: those that a call tells of by `onRequest`, else one a call.
 */
export function countedStore(store: ObjectStore, requests: Requests): ObjectStore {
  return wrapStore(store, ({ kind }, call, send) =>
    send({ ...call, onRequest: countCall(requests, kind, call) }),
  );
}

/** Counts a call that is made now as one request, until it tells what it sends. */
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
