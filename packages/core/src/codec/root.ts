import { showValue } from "../input/show-value.js";
import { KeywhenError } from "../keywhen-error.js";
import type { ObjectRef } from "../store/object-store.js";

export const DEFAULT_ROOT = "keywhen";

/** What keywhen keeps under its root (shards have a suffix); a root may not hold it again. */
const RESERVED_SEGMENT = /^(?:(?:pending|dead|lease|probe)(?:\.[0-9a-f]+)?|shards\.json)$/;
const ROOT = /^[A-Za-z0-9_.!()*:@,=+&$;-]+(?:\/[A-Za-z0-9_.!()*:@,=+&$;-]+)*$/;

/** Checks a root: what stands before `/pending/` in every key of a schedule. */
export function checkRoot(root: string): string {
  if (typeof root !== "string") {
    throw new KeywhenError(
      "invalid-option",
      `root must be a string, like keywhen or acme/jobs (got ${showValue(root)}).`,
    );
  }
  if (!ROOT.test(root)) {
    throw invalid(root, "write it without a leading or trailing slash, like keywhen or acme/jobs");
  }
  for (const segment of root.split("/")) {
    if (RESERVED_SEGMENT.test(segment) || segment === "." || segment === "..") {
      throw invalid(root, `"${segment}" can't be part of it, choose another name`);
    }
  }
  return root;
}

/** Whether an object is in the folder of the schedule with this bucket and root: no event may be delivered there. */
export function isInScheduleFolder(
  { bucket, root }: { readonly bucket: string; readonly root: string },
  ref: ObjectRef,
): boolean {
  return ref.bucket === bucket && ref.key.startsWith(`${root}/`);
}

function invalid(root: string, why: string): KeywhenError {
  return new KeywhenError("invalid-option", `root ${showValue(root)}: ${why}.`);
}
