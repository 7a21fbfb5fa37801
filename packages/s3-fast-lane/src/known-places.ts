import type { BucketPlace } from "./bucket-place.js";

/** So long is a place believed: regions, endpoints and names may change under a client. */
const BELIEVED_MS = 300_000;
const BUCKETS_MAX = 10_000;

interface Entry {
  /** `undefined`: this bucket's requests go through the SDK. */
  place: BucketPlace | undefined | Promise<BucketPlace | undefined>;
  readonly learnAgainMs: number;
}

/** What is known of the buckets' places. One request at a time goes through the SDK to learn a bucket's. */
export interface KnownPlaces {
  /** The bucket's place has to be learned, again or for the first time. */
  readonly isDue: (bucket: string) => boolean;
  /** Learns the bucket's place from one request; others go on with the old one or wait for its signature. */
  readonly learnBy: <T>(
    bucket: string,
    send: (found: (place: BucketPlace | undefined) => void) => Promise<T>,
  ) => Promise<T>;
  readonly of: (bucket: string) => Entry["place"];
  /** An answer looks as if the request had gone to the wrong place. */
  readonly forget: (bucket: string) => void;
}

export function knownPlaces(nowMs: () => number): KnownPlaces {
  const entries = new Map<string, Entry>();
  return {
    isDue: (bucket) => (entries.get(bucket)?.learnAgainMs ?? 0) <= nowMs(),
    of: (bucket) => entries.get(bucket)?.place,
    forget: (bucket) => void entries.delete(bucket),
    async learnBy(bucket, send) {
      let tell: (place: BucketPlace | undefined) => void = () => {};
      const learning = new Promise<BucketPlace | undefined>((resolve) => {
        tell = resolve;
      });
      const old = entries.get(bucket)?.place;
      const entry: Entry = { place: old ?? learning, learnAgainMs: nowMs() + BELIEVED_MS };
      if (entries.size >= BUCKETS_MAX) entries.clear();
      entries.set(bucket, entry);
      let isFound = false;
      const found = (place: BucketPlace | undefined) => {
        isFound = true;
        entry.place = place;
        tell(place);
      };
      try {
        return await send(found);
      } finally {
        tell(undefined);
        // It failed before it was signed: the next one tries.
        if (!isFound && entries.get(bucket) === entry) entries.delete(bucket);
      }
    },
  };
}
