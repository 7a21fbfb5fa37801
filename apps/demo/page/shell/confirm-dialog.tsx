import { useState } from "preact/hooks";
import { apiPath, call } from "../live/api-client.js";
import { Modal } from "../parts/modal.js";
import { EventId } from "../parts/names.js";
import { notify, notifyError } from "../parts/notices.js";
import { cancelWords, type NoticeWords, purgeWords, redriveWords } from "../parts/outcome-words.js";
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
