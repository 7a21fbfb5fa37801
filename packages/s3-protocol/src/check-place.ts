import { ObjectStoreError, type RequestKind } from "@keywhen/core/store";

/** Where a request that is ready to be sent goes. */
export interface RequestPlace {
  readonly hostname: string;
  /** Percent-encoded, without the query. */
  readonly path: string;
}

/** What the request is meant for; without a key, the bucket itself. */
export interface MeantPlace {
  readonly operation: RequestKind;
  readonly bucket: string;
  readonly key: string | undefined;
}

/**
 * Throws `invalid-key` unless a signed request goes to the bucket and the key that it is meant for: the bucket in
 * the path or in front of the host, and the key byte for byte. The last look before sending, whatever an SDK, a URL
 * library or a middleware did to the names.
 */
export function checkPlace(place: RequestPlace, meant: MeantPlace): void {
  if (isMeant(place, meant)) return;
  const message = `the request would go to ${place.hostname}${place.path}, which is another object`;
  throw new ObjectStoreError({ ...meant, code: "invalid-key", undecided: false, message });
}

function isMeant({ hostname, path }: RequestPlace, { bucket, key }: MeantPlace): boolean {
  const place = decoded(path);
  if (place === undefined) return false;
  const isInHost = hostname.toLowerCase().startsWith(`${bucket.toLowerCase()}.`);
  if (key !== undefined) {
    return place.endsWith(`/${bucket}/${key}`) || (isInHost && place.endsWith(`/${key}`));
  }
  return /\/([^/]+)\/?$/.exec(place)?.[1] === bucket || (isInHost && place.endsWith("/"));
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
