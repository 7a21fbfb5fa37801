import type { CancelOutcome } from "../../src/api/index.js";
import { clockTime } from "../format/time.js";
import { apiPath, call } from "../live/api-client.js";
import { notify } from "../parts/notices.js";
import { ConfirmDialog } from "../shell/confirm-dialog.js";

export function CancelDialog({ id }: { id: string }) {
  return (
    <ConfirmDialog
      title="Cancel this event?"
      id={id}
      text="It will not be delivered. Its body is deleted and can't be brought back."
      action="Cancel event"
      isDangerous
      onConfirm={async () => tell(await call("POST", apiPath("events", id, "/cancel")))}
    />
  );
}

function tell(result: CancelOutcome): void {
  if (result.outcome === "cancelled") notify("ok", "Cancelled: it will not be delivered.");
  if (result.outcome === "not-found")
    notify("warn", "It doesn't wait any more: delivered, moved or cancelled.");
  if (result.outcome === "too-late") {
    notify(
      "warn",
      `Too late: it closed at ${clockTime(Date.parse(result.closedAt))} and will be delivered.`,
    );
  }
  if (result.outcome === "undecided") {
    notify("warn", "The answer came too late to be sure: it may still be delivered.", result.why);
  }
}
