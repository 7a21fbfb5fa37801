import type { BucketPlace } from "./bucket-place.js";

/** How long a place is used before it is learned again: regions, endpoints and names can change. */
const BELIEVED_MS = 300_000;
const BUCKETS_MAX = 10_000;

interface Entry {
  /** `undefined`: this bucket's requests go through the SDK. */
  place: BucketPlace | undefined | Promise<BucketPlace | undefined>;
  readonly learnAgainMs: number;
}

/** The known places of buckets. One request at a time goes through the SDK to learn the place of a bucket. */
export interface KnownPlaces {
  /** The bucket's place has to be learned, again or for the first time. */
  readonly isDue: (bucket: string) => boolean;
  /** Learns the bucket's place from one request. Other requests use the old place or wait for the signature of this one. */
  readonly learnBy: <T>(
    bucket: string,
    send: (found: (place: BucketPlace | undefined) => void) => Promise<T>,
  ) => Promise<T>;
  readonly of: (bucket: string) => Entry["place"];
  /** To be called if an answer may come from the wrong place. */
  readonly forget: (bucket: string) => void;
}

export function knownPlaces(nowMs: () => number): KnownPlaces {
  const entries = new Map<string, Entry>();
  return {
    isDue: (bucket) => (entries.get(bucket)?.learnAgainMs ?? 0) <= nowMs(),
    of: (bucket) => entries.get(bucket)?.place,
    forget: (bucket) => void entries.delete(bucket),
    async learnBy(bucket, send) {
      let resolvePlace: (place: BucketPlace | undefined) => void = () => {};
      const learning = new Promise<BucketPlace | undefined>((resolve) => {
        resolvePlace = resolve;
      });
      const old = entries.get(bucket)?.place;
      const entry: Entry = { place: old ?? learning, learnAgainMs: nowMs() + BELIEVED_MS };
      if (entries.size >= BUCKETS_MAX) entries.clear();
      entries.set(bucket, entry);
      let isFound = false;
      const found = (place: BucketPlace | undefined) => {
        isFound = true;
        entry.place = place;
        resolvePlace(place);
      };
      try {
        return await send(found);
      } finally {
        resolvePlace(undefined);
        // It failed before it was signed, so the next request learns the place.
        if (!isFound && entries.get(bucket) === entry) entries.delete(bucket);
      }
    },
  };
}
