import { useSignal } from "@preact/signals";
import { useState } from "preact/hooks";
import type { RescheduleOutcome } from "../../src/api/index.js";
import { clockTime } from "../format/time.js";
import { apiPath, call } from "../live/api-client.js";
import { serverNow } from "../live/page-clock.js";
import { EventId } from "../parts/event-id.js";
import { Modal } from "../parts/modal.js";
import { type NoticeWords, notify, notifyError } from "../parts/notices.js";
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
      notify(...words(await call("POST", apiPath("events", id, "/reschedule"), { json })));
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
        <p class="small muted">It gets another key, and keeps its body and its delivery id.</p>
        <p class="buttons dialog-foot">
          <button type="button" onClick={closeDialog}>
            Leave it
          </button>
          <button type="submit" class="primary" disabled={!isReady || isBusy}>
            Reschedule
          </button>
        </p>
      </form>
    </Modal>
  );
}

function words(result: RescheduleOutcome): NoticeWords {
  switch (result.outcome) {
    case "rescheduled":
      return ["ok", `Rescheduled for ${clockTime(Date.parse(result.at))}.`];
    case "unchanged":
      return ["ok", "It is due then already."];
    case "not-found":
      return ["warn", "It doesn't wait any more: delivered, moved or cancelled."];
    case "too-late":
      return ["warn", `Too late: it closed at ${clockTime(Date.parse(result.closedAt))}.`];
    case "undecided":
      return ["warn", "It may wait at both instants: reschedule it again to finish.", result.why];
  }
}
