import type { Clock } from "../../clock.js";
import { withDeath } from "../../dead/dead-metadata.js";
import type {
  CopyOptions,
  CopyResult,
  ObjectRef,
  ObjectStore,
  StoreCall,
} from "../../store/object-store.js";
import { type ObjectStoreError, storeErrorOf } from "../../store/object-store-error.js";
import type { CondemnedEvent } from "./condemned.js";

/** What became of an event on its way to the dead letters. */
export type Burial =
  /** Its copy in the dead letters is confirmed. */
  | { readonly outcome: "buried" }
  | { readonly outcome: "gone" }
  | { readonly outcome: "failed"; readonly error: ObjectStoreError };

export interface BuryOptions {
  readonly store: ObjectStore;
  /** The schedule's bucket. */
  readonly bucket: string;
  /** What every dead letter's key begins with; the id follows. */
  readonly deadPrefix: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Copies an event to the dead letters with the reason in its metadata, or, if the store refuses that, as it is. The
 * same event always gets the same key, so doing it again does no harm.
 */
export async function bury(options: BuryOptions, condemned: CondemnedEvent): Promise<Burial> {
  const { store, bucket, signal } = options;
  const source = { bucket, key: condemned.event.key };
  const target = { bucket, key: options.deadPrefix + condemned.event.id };
  try {
    const info = await store.head(source, { signal });
    if (info === undefined) return { outcome: "gone" };
    const metadata = withDeath(info.metadata, deathOf(options.clock, condemned));
    const size = { size: info.size, signal };
    const copied = await copyOnce(store, source, target, { ...size, metadata });
    if (copied === "refused") return toBurial(await store.copy(source, target, size));
    return toBurial(copied);
  } catch (caught) {
    return { outcome: "failed", error: storeErrorOf(caught) };
  }
}

async function copyOnce(
  store: ObjectStore,
  source: ObjectRef,
  target: ObjectRef,
  options: CopyOptions & StoreCall,
): Promise<CopyResult | "refused"> {
  try {
    return await store.copy(source, target, options);
  } catch (caught) {
    const { undecided, retryable, code } = storeErrorOf(caught);
    const isForThisCaller = code === "denied" || code === "unauthenticated";
    if (!undecided && !retryable && !isForThisCaller) return "refused";
    throw caught;
  }
}

function toBurial({ outcome }: CopyResult): Burial {
  return { outcome: outcome === "copied" ? "buried" : "gone" };
}

function deathOf(clock: Clock, { reason, error, why }: CondemnedEvent) {
  return {
    atMs: clock.now(),
    reason,
    code: error?.code ?? reason,
    message: why,
  };
}
