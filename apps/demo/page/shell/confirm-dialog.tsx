import { useState } from "preact/hooks";
import { EventId } from "../parts/event-id.js";
import { Modal } from "../parts/modal.js";
import { notifyError } from "../parts/notices.js";
import { useCloseDialog } from "./open-dialog.js";

interface Props {
  readonly title: string;
  readonly id: string;
  /** What will happen. */
  readonly text: string;
  readonly action: string;
  readonly isDangerous?: boolean;
  readonly onConfirm: () => Promise<void>;
}

/** Asks before something is done that can't be taken back. */
export function ConfirmDialog({ title, id, text, action, isDangerous, onConfirm }: Props) {
  const [isBusy, setIsBusy] = useState(false);
  const closeDialog = useCloseDialog();
  const confirm = async () => {
    setIsBusy(true);
    try {
      await onConfirm();
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
