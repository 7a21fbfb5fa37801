import { codecV1, pendingKey } from "@keywhen/core";

/** What stands for the twelve random characters until the store has the event. */
const RANDOM_DELIVERY_ID = "············";
const STAND_IN = "000000000000";
/** The store's limit, less what a later reschedule appends. */
const LIMIT_BYTES = 1_024 - 9;

export interface DraftTarget {
  readonly bucket: string;
  readonly key: string;
  /** Empty: a random one. */
  readonly deliveryId: string;
}

/** A key as far as it can be written yet, part by part, as it will stand in the store. */
export interface ComposedKey {
  readonly prefix: string;
  readonly when: string;
  readonly bucket: string;
  readonly key: string;
  readonly deliveryId: string;
  readonly bytes: number;
  readonly limitBytes: number;
  /** Core's own words on what is wrong with it. */
  readonly problem: string | undefined;
}

/** Writes the key with core's codec, the same that its writers use. */
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
