import type { ObjectStore } from "../store/object-store.js";
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
  return wrapStore(store, async ({ kind }, call, send) => {
    let told = false;
    const onRequest = (sent: RequestKind) => {
      told = true;
      requests[sent] += 1;
      call.onRequest?.(sent);
    };
    try {
      return await send({ ...call, onRequest });
    } finally {
      if (!told) requests[kind] += 1;
    }
  });
}
