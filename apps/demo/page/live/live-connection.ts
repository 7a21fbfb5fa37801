import type { LiveEvent } from "../../src/api/state.js";
import { ApiError } from "./api-client.js";
import { applyEvents } from "./apply-events.js";
import { loadDeadLetter, loadLists } from "./load-lists.js";
import { setServerTime } from "./page-clock.js";
import { connection, loadProblem } from "./page-state.js";

const RECONNECT_MS = 1_000;

/**
 * Updates the page's state from the server's live events until it is stopped. Reconnects forever. Each `state` event
 * loads the lists again; events that come while they load are applied after them.
 */
export function startLiveConnection(): () => void {
  let source: EventSource;
  let reconnecting = 0;
  const inbox = createInbox();

  const open = () => {
    source = new EventSource("/api/live");
    source.onopen = () => {
      connection.value = "live";
    };
    source.onmessage = (message: MessageEvent<string>) =>
      inbox.take(JSON.parse(message.data) as LiveEvent); // the type is the API's
    source.onerror = () => {
      connection.value = "reconnecting";
      if (source.readyState === EventSource.CLOSED)
        reconnecting = window.setTimeout(open, RECONNECT_MS);
    };
  };
  open();
  return () => {
    window.clearTimeout(reconnecting);
    source.close();
  };
}

/** Collects the events of one frame, and keeps them while the lists load. */
function createInbox(): { take(event: LiveEvent): void } {
  let events: LiveEvent[] = [];
  let isRequested = false;
  const lists = createLoading(() => apply());

  const apply = () => {
    isRequested = false;
    if (lists.areLoading()) return;
    const taken = events;
    events = [];
    for (const id of applyEvents(taken)) loadDeadLetter(id).catch(showProblem);
  };
  return {
    take(event) {
      if (event.type === "state") {
        setServerTime(event.state.serverTime);
        applyEvents([event]);
        events = [];
        lists.load();
        return;
      }
      events.push(event);
      if (!isRequested) afterThisFrame(apply);
      isRequested = true;
    },
  };
}

/** Loads the lists until it succeeds, and again if `load()` was called in the meantime. */
function createLoading(onLoaded: () => void): { load(): void; areLoading(): boolean } {
  let wanted = 0;
  let isRunning = false;

  const run = async (): Promise<void> => {
    isRunning = true;
    const loads = wanted;
    try {
      await loadLists();
      if (loads !== wanted) return await run();
      isRunning = false;
      onLoaded();
    } catch (error) {
      showProblem(error);
      window.setTimeout(run, RECONNECT_MS);
    }
  };
  return {
    load() {
      wanted++;
      if (!isRunning) void run();
    },
    areLoading: () => isRunning,
  };
}

function afterThisFrame(work: () => void): void {
  if (document.hidden)
    window.setTimeout(work); // there are no frames
  else window.requestAnimationFrame(work);
}

function showProblem(error: unknown): void {
  const { message } = error instanceof Error ? error : { message: String(error) };
  loadProblem.value = { message, hint: error instanceof ApiError ? error.hint : undefined };
}
