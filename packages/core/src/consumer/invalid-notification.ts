import { KeywhenError } from "../keywhen-error.js";

export function invalidNotification(why: string, cause?: unknown): KeywhenError {
  return new KeywhenError("invalid-notification", `The notification can't be read: ${why}.`, {
    cause,
  });
}

/** A percent-encoded name; throws `invalid-notification` for what is no UTF-8. */
export function decodeName(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch (cause) {
    throw invalidNotification(`"${encoded}" is not percent-encoded UTF-8`, cause);
  }
}

/** Checks that a notification names an object. */
export function objectRef(bucket: string | undefined, key: string | undefined) {
  if (!bucket || !key) throw invalidNotification("it names no object");
  return { bucket, key };
}
