import { signal } from "@preact/signals";

/** The one dialog that is open. */
export type OpenDialog =
  | { readonly kind: "look"; readonly place: "events" | "delivered" | "dead"; readonly id: string }
  | { readonly kind: "cancel" | "reschedule" | "purge" | "redrive"; readonly id: string };

export const openDialog = signal<OpenDialog | undefined>(undefined);

export function closeDialog(): void {
  openDialog.value = undefined;
}
