import { LookDialog } from "../body/look-dialog.js";
import { RescheduleDialog } from "../waiting/reschedule-dialog.js";
import { ConfirmDialog } from "./confirm-dialog.js";
import { openDialog } from "./open-dialog.js";

/** The open dialog. Each opening makes a new one, even for the same event. */
export function Dialogs() {
  const dialog = openDialog.value;
  if (dialog === undefined) return null;
  const { kind, id } = dialog;
  if (kind === "look") return <LookDialog key={dialog} place={dialog.place} id={id} />;
  if (kind === "reschedule") return <RescheduleDialog key={dialog} id={id} />;
  return <ConfirmDialog key={dialog} kind={kind} id={id} />;
}
