import { KeywhenError } from "@keywhen/core";
import { isJsonObject } from "@keywhen/core/internal";
import type { ObjectRef } from "@keywhen/core/store";

/** Why a part of a notification can't be read: one clause, which becomes an `invalid-notification`. */
export class Unreadable extends Error {}

/** The error of a notification, or of one message in it, that can't be read. */
export function invalidNotification(
  { message, cause }: Unreadable,
  messageId?: string,
): KeywhenError {
  const what = messageId === undefined ? "The notification" : `Message ${messageId}`;
  return new KeywhenError(
    "invalid-notification",
    `${what} can't be read: ${message}. Pass it as the service sent it.`,
    { cause },
  );
}

/** Decodes a percent-encoded name; throws for bytes that are not UTF-8. */
export function decodeName(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch (cause) {
    throw new Unreadable(`"${encoded}" is not percent-encoded UTF-8`, { cause });
  }
}

/** Checks that an event names an object. */
export function objectRef(bucket: string | undefined, key: string | undefined): ObjectRef {
  if (!bucket) throw new Unreadable("it names no bucket");
  if (!key) throw new Unreadable(`it names no object in the bucket ${bucket}`);
  return { bucket, key };
}

/** Returns the text at the end of a path of names, if it exists. */
export function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  let at = value;
  for (const name of path) at = isJsonObject(at) ? at[name] : undefined;
  return typeof at === "string" ? at : undefined;
}
