import type { PurgeOutcome } from "../../src/api/index.js";
import { apiPath, call } from "../live/api-client.js";
import { notify } from "../parts/notices.js";
import { ConfirmDialog } from "../shell/confirm-dialog.js";

export function PurgeDialog({ id }: { id: string }) {
  return (
    <ConfirmDialog
      title="Delete it for good?"
      id={id}
      text="The event was never delivered. Its body is deleted and can't be brought back."
      action="Purge"
      isDangerous
      onConfirm={async () => tell(await call("DELETE", apiPath("dead", id)))}
    />
  );
}

function tell(result: PurgeOutcome): void {
  if (result.outcome === "purged") notify("ok", "Purged.");
  if (result.outcome === "not-found") notify("warn", "It isn't among the failed any more.");
  if (result.outcome === "undecided")
    notify("warn", "Nobody can tell whether it was deleted.", result.why);
}
