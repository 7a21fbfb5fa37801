import { signal } from "@preact/signals";
import { useState } from "preact/hooks";

/** The one dialog that is open. */
export type OpenDialog =
  | { readonly kind: "look"; readonly place: "events" | "delivered" | "dead"; readonly id: string }
  | { readonly kind: "cancel" | "reschedule" | "purge" | "redrive"; readonly id: string };

export const openDialog = signal<OpenDialog | undefined>(undefined);

/**
 * Returns a function that closes the dialog that the calling component shows, and never one that was opened since:
 * the browser reports a closed dialog later, and so do answers of the server.
 */
export function useCloseDialog(): () => void {
  const [own] = useState(openDialog.peek());
  return () => {
    if (openDialog.peek() === own) openDialog.value = undefined;
  };
}
