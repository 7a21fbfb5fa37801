import type { ObjectInfo, ObjectRef, PutResult } from "@keywhen/core/store";
import { unconfirmed } from "./failed-request.js";
import type { Purpose } from "./request.js";

/**
 * Returns an ETag without its quotes, because some stores compare it byte for byte. Drops the `W/` of a proxy that packs answers,
 * too: a store's own ETag is always strong.
 */
export function bareETag(etag: string): string {
  return etag.replace(/^(?:W\/)?"(.*)"$/, "$1");
}

/** Whether an object can have this ETag. Blanks and empty quotes confirm nothing. */
export function isETag(etag: string | undefined): etag is string {
  return etag !== undefined && bareETag(etag).trim() !== "";
}

/** The version and the time of an object by the headers of an answer. Throws `unexpected` if it lacks what every object has. */
export function describedBy(
  {
    etag,
    lastModified,
  }: { readonly etag?: string | undefined; readonly lastModified?: Date | undefined },
  purpose: Purpose,
): Pick<ObjectInfo, "version" | "lastModified"> {
  if (isETag(etag) && lastModified !== undefined) return { version: bareETag(etag), lastModified };
  throw unconfirmed(purpose, `it has no ${isETag(etag) ? "Last-Modified" : "ETag"}`);
}

/** The result of a put by its answer's ETag. Without one there is no version to give, nor a sign that anything was stored. */
export function writtenAs(ref: ObjectRef, etag: string | undefined): PutResult {
  if (isETag(etag)) return { outcome: "written", version: bareETag(etag) };
  throw unconfirmed({ ...ref, operation: "put" }, "it has no ETag");
}
