import { useEffect, useState } from "preact/hooks";
import type {
  DeadLetterDetails,
  DeliveredObject,
  WaitingEventDetails,
} from "../../src/api/events.js";
import { ApiError, apiPath, call } from "../live/api-client.js";
import { isReadOnly } from "../live/page-state.js";
import { Modal } from "../parts/modal.js";
import { EventId } from "../parts/names.js";
import { NOT_WAITING } from "../parts/outcome-words.js";
import { open } from "../parts/row-action.js";
import { useCloseDialog } from "../shell/open-dialog.js";
import { BodyView } from "./body-view.js";
import { DeadFacts, DeliveredFacts, WaitingFacts } from "./facts.js";

type Place = "events" | "delivered" | "dead";
type Seen =
  | { readonly place: "events"; readonly details: WaitingEventDetails }
  | { readonly place: "delivered"; readonly details: DeliveredObject }
  | { readonly place: "dead"; readonly details: DeadLetterDetails };

const TITLES = { events: "Waiting event", delivered: "Delivered event", dead: "Failed event" };

export function LookDialog({ place, id }: { place: Place; id: string }) {
  const [seen, setSeen] = useState<Seen>();
  const [problem, setProblem] = useState<ApiError>();
  const closeDialog = useCloseDialog();
  useEffect(() => {
    const asking = new AbortController();
    look(place, id, asking.signal).then(setSeen, (error) => {
      if (!asking.signal.aborted) setProblem(asApiError(error));
    });
    return () => asking.abort();
  }, [place, id]);
  return (
    <Modal title={TITLES[place]} onClose={closeDialog} isWide>
      <p class="look-id">
        <EventId id={id} />
      </p>
      {problem && <Problem problem={problem} place={place} />}
      {seen?.place === "events" && <WaitingFacts details={seen.details} />}
      {seen?.place === "delivered" && <DeliveredFacts seen={seen.details} />}
      {seen?.place === "dead" && <DeadFacts details={seen.details} />}
      {hasBody(seen) && <BodyView place={place} id={id} />}
      {!isReadOnly.value && seen && <Actions place={place} id={id} />}
    </Modal>
  );
}

function Problem({ problem, place }: { problem: ApiError; place: Place }) {
  const isGone = problem.code === "not-found" && place === "events";
  return (
    <p class="message warn" role="alert">
      {isGone ? NOT_WAITING : problem.message} {problem.hint}
    </p>
  );
}

function Actions({ place, id }: { place: Place; id: string }) {
  if (place === "delivered") return null;
  const [change, remove] =
    place === "events" ? (["reschedule", "cancel"] as const) : (["redrive", "purge"] as const);
  return (
    <p class="buttons dialog-foot">
      <button type="button" onClick={() => open({ kind: change, id })}>
        {change === "reschedule" ? "Reschedule…" : "Redrive…"}
      </button>
      <button type="button" class="danger" onClick={() => open({ kind: remove, id })}>
        {remove === "cancel" ? "Cancel event…" : "Purge…"}
      </button>
    </p>
  );
}

async function look(place: Place, id: string, signal: AbortSignal): Promise<Seen> {
  const path = apiPath(place, id);
  if (place === "events") return { place, details: await call("GET", path, { signal }) };
  if (place === "delivered") return { place, details: await call("GET", path, { signal }) };
  return { place, details: await call("GET", path, { signal }) };
}

function hasBody(seen: Seen | undefined): boolean {
  return seen !== undefined && (seen.place !== "delivered" || seen.details.size !== undefined);
}

function asApiError(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError("unexpected", String(error));
}
