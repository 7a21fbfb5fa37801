import { signal } from "@preact/signals";
import { useState } from "preact/hooks";

/** The open dialog. */
export type OpenDialog =
  | { readonly kind: "look"; readonly place: "events" | "delivered" | "dead"; readonly id: string }
  | { readonly kind: "cancel" | "reschedule" | "purge" | "redrive"; readonly id: string };

export const openDialog = signal<OpenDialog | undefined>(undefined);

/**
 * Returns a function that closes the calling component's dialog, but no dialog opened after it: the browser reports
 * that a dialog was closed with a delay, and the server's answer can come late.
 */
export function useCloseDialog(): () => void {
  const [own] = useState(openDialog.peek());
  return () => {
    if (openDialog.peek() === own) openDialog.value = undefined;
  };
}
