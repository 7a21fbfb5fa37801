import { useSignal } from "@preact/signals";
import { useState } from "preact/hooks";
import type { RescheduleOutcome } from "../../src/api/events.js";
import { clockTime } from "../format/time.js";
import { apiPath, call } from "../live/api-client.js";
import { serverNow } from "../live/page-clock.js";
import { Modal } from "../parts/modal.js";
import { EventId } from "../parts/names.js";
import { type NoticeWords, notify, notifyError } from "../parts/notices.js";
import { chosenMs, type WhenChoice, whenRequest } from "../schedule/when-choice.js";
import { WhenPicker } from "../schedule/when-picker.js";
import { NOT_WAITING } from "../shell/confirm-dialog.js";
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

function words(result: RescheduleOutcome): NoticeWords {
  switch (result.outcome) {
    case "rescheduled":
      return ["ok", `Rescheduled for ${clockTime(Date.parse(result.at))}.`];
    case "unchanged":
      return ["ok", "It is already due at this time."];
    case "not-found":
      return ["warn", NOT_WAITING];
    case "too-late":
      return ["warn", `Too late: it closed at ${clockTime(Date.parse(result.closedAt))}.`];
    case "undecided":
      return ["warn", "It may wait at both times. Reschedule it again to finish.", result.why];
  }
}
