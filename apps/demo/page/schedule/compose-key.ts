import { pendingKey } from "@keywhen/core";
import { codecV1 } from "@keywhen/core/internal";

/** Shown in place of the twelve random characters, which are not known before the event is stored. */
const RANDOM_DELIVERY_ID = "············";
const STAND_IN = "000000000000";
/** The store's limit minus the suffix that a reschedule appends. */
const LIMIT_BYTES = 1_024 - 9;

export interface DraftTarget {
  readonly bucket: string;
  readonly key: string;
  /** Empty: a random one. */
  readonly deliveryId: string;
}

/** The known parts of the key in the store. */
export interface ComposedKey {
  readonly prefix: string;
  readonly when: string;
  readonly bucket: string;
  readonly key: string;
  readonly deliveryId: string;
  readonly bytes: number;
  readonly limitBytes: number;
  /** Core's error message. */
  readonly problem: string | undefined;
}

/** Composes the key with core's codec. */
export function composeKey(
  atMs: number | undefined,
  draft: DraftTarget,
  root: string,
): ComposedKey {
  const prefix = codecV1.pendingPrefix(root);
  const to = { bucket: draft.bucket, key: draft.key };
  const deliveryId = draft.deliveryId === "" ? STAND_IN : draft.deliveryId;
  const id = reasonOrValue(() =>
    codecV1.encode({ atMs: atMs ?? 0, to, deliveryId, suffix: undefined }),
  );
  const [when = "", bucket = "", key = "", delivery = ""] = (id.value ?? "").split("|");
  const checked = reasonOrValue(() =>
    pendingKey({ at: new Date(atMs ?? 0), to, deliveryId }, { root }),
  );
  return {
    prefix,
    when: atMs === undefined ? "" : when,
    bucket,
    key,
    deliveryId: draft.deliveryId === "" ? RANDOM_DELIVERY_ID : delivery,
    bytes: prefix.length + (id.value ?? "").length,
    limitBytes: LIMIT_BYTES,
    problem: id.problem ?? checked.problem,
  };
}

function reasonOrValue<T>(make: () => T): { value?: T; problem?: string } {
  try {
    return { value: make() };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
