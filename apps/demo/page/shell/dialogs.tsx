import { LookDialog } from "../body/look-dialog.js";
import { PurgeDialog } from "../failed/purge-dialog.js";
import { RedriveDialog } from "../failed/redrive-dialog.js";
import { CancelDialog } from "../waiting/cancel-dialog.js";
import { RescheduleDialog } from "../waiting/reschedule-dialog.js";
import { openDialog } from "./open-dialog.js";

/** The dialog that is open, if any. */
export function Dialogs() {
  const dialog = openDialog.value;
  switch (dialog?.kind) {
    case "look":
      return <LookDialog key={dialog.id} place={dialog.place} id={dialog.id} />;
    case "cancel":
      return <CancelDialog id={dialog.id} />;
    case "reschedule":
      return <RescheduleDialog id={dialog.id} />;
    case "redrive":
      return <RedriveDialog id={dialog.id} />;
    case "purge":
      return <PurgeDialog id={dialog.id} />;
    case undefined:
      return null;
  }
}
