import type { StoreCapabilities } from "../store/object-store.js";

/** Whether sweepers of this store can share the work by a lease. */
export function canLease({ putIfAbsent, putIfVersion, clock }: StoreCapabilities): boolean {
  return putIfAbsent && putIfVersion && clock !== "none";
}
