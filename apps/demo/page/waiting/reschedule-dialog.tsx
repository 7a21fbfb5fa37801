import { useSignal } from "@preact/signals";
import { useState } from "preact/hooks";
import { apiPath, call } from "../live/api-client.js";
import { serverNow } from "../live/page-clock.js";
import { Modal } from "../parts/modal.js";
import { EventId } from "../parts/names.js";
import { notify, notifyError } from "../parts/notices.js";
import { rescheduleWords } from "../parts/outcome-words.js";
import { chosenMs, type WhenChoice, whenRequest } from "../schedule/when-choice.js";
import { WhenPicker } from "../schedule/when-picker.js";
import { useCloseDialog } from "../shell/open-dialog.js";

/** Moves a waiting event to another instant. */
export function RescheduleDialog({ id }: { id: string }) {
  const choice = useSignal<WhenChoice>({ kind: "in", amount: "10", unit: "m" });
  const [isBusy, setIsBusy] = useState(false);
  const closeDialog = useCloseDialog();
  const isReady = chosenMs(choice.value, serverNow()) !== undefined;
  const move = async () => {
    setIsBusy(true);
    try {
      const json = whenRequest(choice.value, serverNow());
      notify(
        ...rescheduleWords(await call("POST", apiPath("events", id, "/reschedule"), { json })),
      );
    } catch (error) {
      notifyError(error);
    }
    closeDialog();
  };
  return (
    <Modal title="Reschedule" onClose={closeDialog}>
      <p class="look-id">
        <EventId id={id} />
      </p>
      <form
        class="schedule-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady && !isBusy) void move();
        }}
      >
        <WhenPicker choice={choice} />
        <p class="small muted">Its key changes. Its body and its delivery id stay the same.</p>
        <p class="buttons dialog-foot">
          <button type="button" onClick={closeDialog}>
            Keep it
          </button>
          <button type="submit" class="primary" disabled={!isReady || isBusy}>
            Reschedule
          </button>
        </p>
      </form>
    </Modal>
  );
}
