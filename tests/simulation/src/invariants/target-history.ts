import type { ObjectRef } from "@keywhen/core/store";
import type { Activity } from "../activity.js";
import type { StoreRequest } from "../store/store-request.js";

export interface TargetHistory {
  /** An object there was written or, by a request or by a consumer, removed. */
  note(place: ObjectRef, request: StoreRequest | undefined, atMs: number): void;
  answered(request: StoreRequest): void;
  wasSeenBy(place: ObjectRef, activity: Activity): boolean;
  /** Between two copies: whether another change happened there, or the second sweep couldn't read it. */
  wasUnreadable(place: ObjectRef, one: StoreRequest, other: StoreRequest): boolean;
}

interface Change {
  readonly request: StoreRequest | undefined;
  readonly atMs: number;
}

export function targetHistory(): TargetHistory {
  const changes = new Map<string, Change[]>();
  const looks = new Map<string, StoreRequest[]>();
  const looksOf = (place: ObjectRef, activity: Activity) =>
    (looks.get(nameOf(place)) ?? []).filter((look) => look.activity === activity);
  return {
    note(place, request, atMs) {
      const known = changes.get(nameOf(place)) ?? [];
      changes.set(nameOf(place), known);
      known.push({ request, atMs });
    },
    answered(request) {
      if (request.kind !== "head") return;
      const place = nameOf({ bucket: request.bucket, key: request.keys[0] ?? "" });
      looks.set(place, [...(looks.get(place) ?? []), request]);
    },
    wasSeenBy: (place, activity) => looksOf(place, activity).length > 0,
    wasUnreadable(place, one, other) {
      const isBetween = ({ request, atMs }: Change) =>
        request !== one &&
        request !== other &&
        atMs >= (one.executedMs ?? 0) &&
        atMs <= (other.executedMs ?? 0);
      if (changes.get(nameOf(place))?.some(isBetween)) return true;
      return looksOf(place, other.activity).some(({ answer }) => answer?.isError === true);
    },
  };
}

function nameOf({ bucket, key }: ObjectRef): string {
  return `${bucket}/${key}`;
}
