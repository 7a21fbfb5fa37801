import type { HeldLease } from "../../lease/held-lease.js";

/**
 * Says, immediately before each copy, whether it may start: `undefined` if it may, `not-now` if nothing may,
 * and why if only this one is too large for the time that is left.
 */
export type CopyPermit = (
  sizeBytes: number,
) => undefined | "not-now" | { readonly tooLarge: string };

/** A copy without regard to its size may take so long; one that starts must be able to end. */
const COPY_MS = 15_000;
/** What a store copies at least: a copy's limit counts the same. */
const BYTES_PER_MS = 20_000;

export function createCopyPermit(options: {
  readonly lease: HeldLease | undefined;
  /** What has been answered since the listing says that this machine's clock is ahead: a copy would be early. */
  readonly isClockAhead: () => boolean;
  /** How long this sweep's copies may still go on. */
  readonly copyLeftMs: () => number;
  readonly onClockAhead: () => void;
  /** The lease is about to end without having been renewed. */
  readonly onLeaseEnds: () => void;
  /** No copy can end in time any more: a host that was frozen hears of it here before its timers tell. */
  readonly onTimeEnds: () => void;
}): CopyPermit {
  const { lease, isClockAhead, copyLeftMs, onClockAhead, onLeaseEnds, onTimeEnds } = options;
  const leaseReserveMs = lease === undefined ? 0 : Math.min(COPY_MS, lease.ttlMs / 4);
  return (sizeBytes) => {
    if (isClockAhead()) {
      onClockAhead();
      return "not-now";
    }
    if (lease !== undefined && lease.leftMs() < leaseReserveMs) {
      onLeaseEnds();
      return "not-now";
    }
    const copyMs = sizeBytes / BYTES_PER_MS;
    const leftMs = copyLeftMs();
    if (leftMs <= 0) {
      onTimeEnds();
      return "not-now";
    }
    if (copyMs <= leftMs) return undefined;
    const needed = Math.ceil(copyMs / 1_000);
    const left = Math.floor(leftMs / 1_000);
    return {
      tooLarge: `a copy of ${sizeBytes} bytes can take ${needed} s, this sweep has ${left} s left: sweep with a later deadline`,
    };
  };
}
