import {
  checkKey,
  type NameLimits,
  type ObjectRef,
  ObjectStoreError,
  type RequestKind,
} from "@keywhen/core/store";

/** Throws `invalid-key` for what no S3 store can have, before anything is sent: a HEAD's answer can't say why. */
export function checkName(operation: RequestKind, ref: ObjectRef, limits: NameLimits): void {
  checkKey(operation, ref, limits);
  if (!ref.key.includes("\0")) return;
  const message = "the key has a NUL character";
  throw new ObjectStoreError({ ...ref, code: "invalid-key", operation, message });
}
