import { LookDialog } from "../body/look-dialog.js";
import { PurgeDialog } from "../failed/purge-dialog.js";
import { RedriveDialog } from "../failed/redrive-dialog.js";
import { CancelDialog } from "../waiting/cancel-dialog.js";
import { RescheduleDialog } from "../waiting/reschedule-dialog.js";
import { openDialog } from "./open-dialog.js";

/** The dialog that is open, if any. Each one that is opened is a new one, even for the same event. */
export function Dialogs() {
  const dialog = openDialog.value;
  switch (dialog?.kind) {
    case "look":
      return <LookDialog key={dialog} place={dialog.place} id={dialog.id} />;
    case "cancel":
      return <CancelDialog key={dialog} id={dialog.id} />;
    case "reschedule":
      return <RescheduleDialog key={dialog} id={dialog.id} />;
    case "redrive":
      return <RedriveDialog key={dialog} id={dialog.id} />;
    case "purge":
      return <PurgeDialog key={dialog} id={dialog.id} />;
    case undefined:
      return null;
  }
}
