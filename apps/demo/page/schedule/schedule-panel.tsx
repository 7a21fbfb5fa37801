import { signal } from "@preact/signals";
import { LARGEST_BODY_BYTES } from "../../src/api/events.js";
import { call } from "../live/api-client.js";
import { serverNow } from "../live/page-clock.js";
import { isReadOnly } from "../live/page-state.js";
import { notify, notifyError } from "../parts/notices.js";
import { scheduleWords } from "../parts/outcome-words.js";
import { Panel } from "../parts/panel.js";
import { BodyInput } from "./body-input.js";
import { atMs, body, bucket, composed, deliveryId, key, payload, when } from "./draft.js";
import { KeyPreview } from "./key-preview.js";
import { TargetInput } from "./target-input.js";
import { chosenMs, whenRequest } from "./when-choice.js";
import { WhenPicker } from "./when-picker.js";

const isSending = signal(false);

/** The form that schedules an event, with a preview of its key. */
export function SchedulePanel() {
  if (isReadOnly.value) return null;
  const problem = composed.value.problem;
  const size = typeof body.value === "string" ? body.value.length : body.value.size;
  const isReady = atMs.value !== undefined && problem === undefined && size <= LARGEST_BODY_BYTES;
  return (
    <Panel id="schedule" title="Schedule">
      <form
        class="schedule-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady && !isSending.value) void schedule();
        }}
      >
        <BodyInput />
        <TargetInput problem={problem !== undefined} />
        <WhenPicker choice={when} />
        <KeyPreview composed={composed.value} atMs={atMs.value} typedKey={key.value} />
        <p id="draft-problem" class={problem ? "message bad" : "unseen"} aria-live="polite">
          <bdi>{problem}</bdi>
        </p>
        <button type="submit" class="primary" disabled={!isReady || isSending.value}>
          Schedule
        </button>
      </form>
    </Panel>
  );
}

async function schedule(): Promise<void> {
  const request = scheduleTime();
  if (request === undefined) return;
  isSending.value = true;
  try {
    const query = {
      ...request,
      bucket: bucket.value,
      key: key.value,
      deliveryId: deliveryId.value,
    };
    notify(...scheduleWords(await call("POST", "/api/events", { query, body: payload() })));
  } catch (error) {
    notifyError(error);
  } finally {
    isSending.value = false;
  }
}

/** Returns the chosen time. With a delivery id it is an instant, so that a repeated call means the same event. */
function scheduleTime() {
  if (deliveryId.value === "") return whenRequest(when.value, serverNow());
  const dueMs = chosenMs(when.value, serverNow());
  return dueMs === undefined ? undefined : { at: new Date(dueMs).toISOString() };
}
