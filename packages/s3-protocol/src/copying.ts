import { type Copying, isETag } from "@keywhen/adapter-kit";
import { type ObjectRef, ObjectStoreError } from "@keywhen/core/store";

/** How a copy names its source: percent-encoded, `/` kept. The SDK sends the string as it is. */
export function copySource({ bucket, key }: ObjectRef): string {
  return `${bucket}/${encodeURIComponent(key).replaceAll("%2F", "/")}`;
}

/** Nothing but an ETag confirms a copy: S3 can answer 200 and not have made it. */
export function confirmed({ target }: Copying, etag: string | undefined): string {
  if (isETag(etag)) return etag;
  const message = "the answer does not confirm the copy: it has no ETag";
  throw new ObjectStoreError({ ...target, code: "unexpected", operation: "copy", message });
}
