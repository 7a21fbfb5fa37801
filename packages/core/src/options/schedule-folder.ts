import type { ObjectRef } from "../store/object-store.js";
import type { ResolvedHome } from "./home.js";

/** Whether an object is in the schedule's own folder: no event may be delivered there. */
export function isInScheduleFolder(
  { bucket, root }: Pick<ResolvedHome, "bucket" | "root">,
  ref: ObjectRef,
): boolean {
  return ref.bucket === bucket && ref.key.startsWith(`${root}/`);
}
