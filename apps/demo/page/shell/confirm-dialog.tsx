import { useState } from "preact/hooks";
import type { CancelOutcome, PurgeOutcome, RedriveOutcome } from "../../src/api/events.js";
import { clockTime } from "../format/time.js";
import { apiPath, call } from "../live/api-client.js";
import { Modal } from "../parts/modal.js";
import { EventId } from "../parts/names.js";
import { type NoticeWords, notify, notifyError } from "../parts/notices.js";
import { useCloseDialog } from "./open-dialog.js";

interface Change {
  readonly title: string;
  /** What will happen. */
  readonly text: string;
  readonly action: string;
  readonly isDangerous: boolean;
  /** Makes the change and says what happened. */
  readonly change: (id: string) => Promise<NoticeWords>;
}

const CHANGES: Readonly<Record<"cancel" | "redrive" | "purge", Change>> = {
  cancel: {
    title: "Cancel this event?",
    text: "It will not be delivered. Its body is deleted and can't be restored.",
    action: "Cancel event",
    isDangerous: true,
    change: async (id) => cancelWords(await call("POST", apiPath("events", id, "/cancel"))),
  },
  redrive: {
    title: "Try again?",
    text: "It waits again, due now, with the same delivery id. First fix what made it fail.",
    action: "Redrive",
    isDangerous: false,
    change: async (id) =>
      redriveWords(await call("POST", apiPath("dead", id, "/redrive"), { json: {} })),
  },
  purge: {
    title: "Delete it permanently?",
    text: "The event was never delivered. Its body is deleted and can't be restored.",
    action: "Purge",
    isDangerous: true,
    change: async (id) => purgeWords(await call("DELETE", apiPath("dead", id))),
  },
};

/** Asks before a change that can't be undone. */
export function ConfirmDialog({ kind, id }: { kind: keyof typeof CHANGES; id: string }) {
  const [isBusy, setIsBusy] = useState(false);
  const closeDialog = useCloseDialog();
  const { title, text, action, isDangerous, change } = CHANGES[kind];
  const confirm = async () => {
    setIsBusy(true);
    try {
      notify(...(await change(id)));
    } catch (error) {
      notifyError(error);
    }
    closeDialog();
  };
  return (
    <Modal title={title} onClose={closeDialog}>
      <p class="look-id">
        <EventId id={id} />
      </p>
      <p>{text}</p>
      <p class="buttons dialog-foot">
        <button type="button" onClick={closeDialog}>
          Keep it
        </button>
        <button
          type="button"
          class={isDangerous ? "danger" : "primary"}
          disabled={isBusy}
          onClick={confirm}
        >
          {action}
        </button>
      </p>
    </Modal>
  );
}

function cancelWords(result: CancelOutcome): NoticeWords {
  switch (result.outcome) {
    case "cancelled":
      return ["ok", "Cancelled: it will not be delivered."];
    case "not-found":
      return ["warn", NOT_WAITING];
    case "too-late": {
      const closed = clockTime(Date.parse(result.closedAt));
      return ["warn", `Too late: it closed at ${closed} and will be delivered.`];
    }
    case "undecided":
      return ["warn", "The store's answer is missing: it may still be delivered.", result.why];
  }
}

export const NOT_WAITING = "It does not wait any more: it was delivered, moved or cancelled.";
const NOT_FAILED = "It is not a failed event any more.";

function redriveWords(result: RedriveOutcome): NoticeWords {
  if (result.outcome === "redriven") return ["ok", "It waits again, due now."];
  if (result.outcome === "not-found") return ["warn", NOT_FAILED];
  return ["warn", "The store's answer is missing: it may wait again.", result.why];
}

function purgeWords(result: PurgeOutcome): NoticeWords {
  if (result.outcome === "purged") return ["ok", "Purged."];
  if (result.outcome === "undecided")
    return ["warn", "The store's answer is missing: it may be deleted.", result.why];
  return ["warn", NOT_FAILED];
}
