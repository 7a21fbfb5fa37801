import type { LiveEvent } from "../../src/api/index.js";
import { ApiError } from "./api-client.js";
import { applyEvents } from "./apply-events.js";
import { loadDeadLetter, loadLists } from "./load-lists.js";
import { setServerTime } from "./page-clock.js";
import { connection, loadProblem } from "./page-state.js";

const RECONNECT_MS = 1_000;

/**
 * Keeps the page's state as the server tells it, until it is stopped. Reconnects for ever. Whenever the server
 * begins anew (`state`), the lists are loaded again; what is told meanwhile is applied after them.
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
      inbox.take(JSON.parse(message.data) as LiveEvent); // our own server's: its type is the API's
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

/** Gathers what comes within one frame, and holds it back while the lists are loaded. */
function createInbox(): { take(event: LiveEvent): void } {
  let events: LiveEvent[] = [];
  let isAskedFor = false;
  const lists = createLoading(() => apply());

  const apply = () => {
    isAskedFor = false;
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
      if (!isAskedFor) afterThisFrame(apply);
      isAskedFor = true;
    },
  };
}

/** Loads the lists, once more if it is told to while it does so, and until it succeeds. */
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
