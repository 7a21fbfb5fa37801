import type { RedriveOutcome } from "../../src/api/index.js";
import { apiPath, call } from "../live/api-client.js";
import { notify } from "../parts/notices.js";
import { ConfirmDialog } from "../shell/confirm-dialog.js";

export function RedriveDialog({ id }: { id: string }) {
  return (
    <ConfirmDialog
      title="Try it again?"
      id={id}
      text="It waits again, due at once, with the same delivery id. Remove the reason why it failed first."
      action="Redrive"
      onConfirm={async () =>
        tell(await call("POST", apiPath("dead", id, "/redrive"), { json: {} }))
      }
    />
  );
}

function tell(result: RedriveOutcome): void {
  if (result.outcome === "redriven") notify("ok", "It waits again, due at once.");
  if (result.outcome === "not-found") notify("warn", "It isn't among the failed any more.");
  if (result.outcome === "undecided")
    notify("warn", "Nobody can tell whether it was moved.", result.why);
}
