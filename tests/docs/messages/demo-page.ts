import { noRequests } from "@keywhen/core/store";
import { startAnsweringServer } from "@keywhen/test-servers";
import { call } from "../../../apps/demo/page/live/api-client.js";
import {
  cancelWords,
  type NoticeWords,
  purgeWords,
  redriveWords,
  rescheduleWords,
  scheduleWords,
} from "../../../apps/demo/page/parts/outcome-words.js";
import { fileWords } from "../../../apps/demo/page/schedule/file-words.js";
import {
  historyTroubleWords,
  storeTroubleWords,
  UNREACHABLE,
} from "../../../apps/demo/page/shell/trouble-words.js";
import {
  OUTSIDE_ALLOW,
  sweeperWords,
  sweptWords,
} from "../../../apps/demo/page/sweeper/sweeper-words.js";
import { type Facts, framed, type Messages } from "./expect-messages.js";

/** A notice of the page. */
const notice =
  ([, text, hint]: NoticeWords) =>
  () =>
    [text, hint]
      .filter(Boolean)
      .join(" ")
      .replace(/\d\d:\d\d:\d\d/, "TIME");

const at = "2036-12-24T08:00:00.000Z";
const id = `${at}|inbox|k|d`;
const EVENT = { id, at, to: { bucket: "inbox", key: "k" }, deliveryId: "d" } as const;
const why = "no answer";
const SWEEP = {
  outcome: "swept",
  endedAt: at,
  durationMs: 1_200,
  delivered: 2,
  requests: noRequests(),
} as const;
const refusal = { type: "refused", id, code: "target-not-allowed", message: "out/k is outside" };

async function callTo(status: number): Promise<unknown> {
  const server = await startAnsweringServer(() => ({ status }));
  return await call("GET", `${server.endpoint}/x`).finally(() => server.stop());
}

export const PAGE: Messages = {
  "The demo's server does ⟦not answer⟧, so this page may be out of date. Start it again with npm run demo; the page reconnects by itself.":
    () => UNREACHABLE,
  "The store has failed since TIME: ⟦no answer⟧. This page may be out of date. Run keywhen doctor to find the cause.":
    notice(["bad", storeTroubleWords({ at, code: "unavailable", message: why })]),
  "What was delivered before TIME is missing, because the journal could not be read: ⟦no answer⟧. Run keywhen log to find the cause.":
    notice(["bad", historyTroubleWords({ at, code: "unavailable", message: why })]),
  "The demo's server does ⟦not answer⟧. Start it again; the page reconnects by itself.": () =>
    call("GET", "http://127.0.0.1:9/"),
  "The server answered ⟦502⟧. Reload the page, and see what the server printed.": () => callTo(502),
  "An event with ⟦this time, target and delivery id⟧ is already scheduled. To schedule one more, choose another delivery id.":
    notice(scheduleWords({ outcome: "exists", ...EVENT })),
  "Too late for a chosen delivery id: it is due at ⟦TIME⟧. Choose a later time, or leave out the id.":
    notice(scheduleWords({ outcome: "too-late", ...EVENT })),
  ...framed((what) => `The store's answer is missing (⟦no answer⟧): ${what}`, {
    "it may be scheduled. Look for it in the lists before you try again.": notice(
      scheduleWords({ outcome: "undecided", ...EVENT, why }),
    ),
    "it may still be delivered. Look for it in the lists before you try again.": notice(
      cancelWords({ outcome: "undecided", why }),
    ),
    "it may wait at both times. Reschedule it again to finish.": notice(
      rescheduleWords({ outcome: "undecided", id, newId: id, why }),
    ),
    "it may wait again. Look for it in the lists before you try again.": notice(
      redriveWords({ outcome: "undecided", newId: id, why }),
    ),
    "it may be deleted. Look for it in the lists before you try again.": notice(
      purgeWords({ outcome: "undecided", why }),
    ),
  }),
  "Swept: 2 events delivered in 1.2 s. ⟦1 event⟧ refused and left in place: out/k is outside. Start the demo again with an --allow that matches their targets.":
    notice(sweptWords({ ...SWEEP, leftInPlace: 1, errors: [refusal] })),
  "⟦No pattern of --allow⟧ matches the target, so this server's sweeper refuses the event. Start the demo again with one that does.":
    () => OUTSIDE_ALLOW,
  "⟦120 MB⟧; the page takes at most 100 MB: use keywhen schedule --file": () => fileWords(120e6),
};

const sweeper = (state: object) => () => sweeperWords(state as never).meaning;

export const PAGE_FACTS: Facts = {
  "it is done, or was done before": {
    "Scheduled for TIME: inbox/k": notice(scheduleWords({ outcome: "scheduled", ...EVENT })),
    "Cancelled: it will not be delivered.": notice(cancelWords({ outcome: "cancelled", id })),
    "It does not wait any more: it was delivered, moved or cancelled.": [
      notice(cancelWords({ outcome: "not-found" })),
      notice(rescheduleWords({ outcome: "not-found" })),
    ],
    "Too late: it closed at TIME and will be delivered.": [
      notice(cancelWords({ outcome: "too-late", closedAt: at })),
      notice(rescheduleWords({ outcome: "too-late", closedAt: at })),
    ],
    "Rescheduled for TIME.": notice(rescheduleWords({ outcome: "rescheduled", id, at })),
    "It is already due at this time.": notice(rescheduleWords({ outcome: "unchanged", id })),
    "It waits again, due now.": notice(redriveWords({ outcome: "redriven", id, at })),
    "It is not a failed event any more: it was redriven or purged.": [
      notice(redriveWords({ outcome: "not-found" })),
      notice(purgeWords({ outcome: "not-found" })),
    ],
  },
  "the state of the sweepers": {
    "Left to the sweeper at work: web-1 pid 7.": notice(
      sweptWords({ ...SWEEP, outcome: "held", by: "web-1 pid 7" }),
    ),
    "Events are delivered at their instants.": sweeper({ at: "here" }),
    "Another sweeper holds the lease; this one waits for its turn.": sweeper({
      at: "elsewhere",
      isStarted: true,
    }),
    "Another sweeper holds the lease.": sweeper({ at: "elsewhere" }),
    "This store has no lease, so another sweeper may be at work.": sweeper({ at: "unknown" }),
    "Due events wait until a sweeper runs.": sweeper({ at: "stopped" }),
  },
};
