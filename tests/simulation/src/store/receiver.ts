import { hasCode } from "@keywhen/core";
import type { Destination, DestinationEvent, OpenedEvent } from "@keywhen/core/destination";
import type { Activity } from "../activity.js";
import { escapedId } from "../event-body.js";
import { NEVER } from "../faults.js";
import type { Ledger } from "../ledger.js";
import type { DestinationPlan } from "../plan.js";
import { SCHEDULE_BUCKET } from "../schedule-keys.js";
import { failure, type Network, readAll, send } from "./connection.js";

export interface ReceiverParts {
  readonly network: Network;
  readonly ledger: Ledger;
  readonly isHealed: () => boolean;
}

/** How long a receiver that is overloaded wants no events. */
const PAUSE_MS = 2_000;

/**
 * A destination as one process sees it. Its receiver keeps what it takes, under the target's key, and is reached through the same
 * faults as the store: so every promise about copies is checked for it as well.
 */
export function destinationFor(
  { network, ledger, isHealed }: ReceiverParts,
  activity: () => Activity,
  plan: DestinationPlan,
): Destination {
  const refOf = ({ destination, key }: DestinationEvent) => ({ bucket: destination, key });

  const handOver = (
    event: DestinationEvent,
    opened: OpenedEvent,
    bytes: Uint8Array,
    signal: AbortSignal,
  ) => {
    const isHanging = plan.hangs && !isHealed();
    return send(network, activity(), {
      kind: "copy",
      bucket: event.destination,
      keys: [event.key],
      source: { bucket: SCHEDULE_BUCKET, key: ledger.keyOf(event.id) },
      call: { signal },
      mayBeRepeat: event.mayBeRepeat,
      fate: isHanging ? NEVER : undefined,
      act(request) {
        if (!isHealed() && request.fate.luck.chance(plan.rejects)) {
          throw failure(request, "denied", "the receiver rejects it", false);
        }
        const { contentType, contentEncoding, cacheControl } = opened;
        const metadata = { ...opened.metadata, ...identityOf(event) };
        const options = { contentType, contentEncoding, cacheControl, metadata };
        network.execution.put(refOf(event), bytes, options);
        return { outcome: "copied" };
      },
    });
  };

  return {
    timeout: `${plan.timeoutSeconds}s`,
    concurrency: plan.concurrency,
    async deliver(event, open, signal) {
      const opened = await open();
      const bytes = await readAll(opened.body);
      try {
        await handOver(event, opened, bytes, signal);
        return { outcome: "delivered" };
      } catch (error) {
        const message = String(error);
        if (hasCode(error, "denied")) return { outcome: "rejected", message };
        if (!hasCode(error, "throttled")) throw error;
        return { outcome: "slow-down", retryAfterMs: PAUSE_MS, message };
      }
    },
    ...(plan.canFind && {
      async find(event, signal) {
        const ref = refOf(event);
        const info = await send(network, activity(), {
          kind: "head",
          bucket: ref.bucket,
          keys: [ref.key],
          call: { signal },
          act: () => network.execution.head(ref),
        });
        const identity = Object.entries(identityOf(event));
        const isSame = identity.every(([name, value]) => info?.metadata[name] === value);
        return isSame && identity.length === 2 ? "found" : "not-found";
      },
    }),
  };
}

/** As a copy carries it. */
function identityOf({ deliveryId, dueAt }: DestinationEvent): Record<string, string> {
  if (deliveryId === undefined) return {};
  return { "keywhen-id": escapedId(deliveryId), "keywhen-at": dueAt.toISOString() };
}
