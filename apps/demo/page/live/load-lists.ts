import { batch } from "@preact/signals";
import {
  type DeadLetterDetails,
  type DeliveryPage,
  type EventPage,
  LARGEST_PAGE,
  type WaitingEvent,
} from "../../src/api/events.js";
import { WATCHED_EVENTS } from "../../src/api/state.js";
import { changed } from "../waiting/sorted-events.js";
import { ApiError, apiPath, call } from "./api-client.js";
import { dead, deliveries, isLoaded, loadProblem, obstacles, waiting } from "./page-state.js";
import { toWaiting } from "./waiting.js";

export async function loadLists(): Promise<void> {
  const [waits, died, arrived] = await Promise.all([
    loadPages("/api/events"),
    loadPages("/api/dead"),
    call<DeliveryPage>("GET", "/api/delivered"),
  ]);
  batch(() => {
    waiting.value = waits.map(toWaiting);
    dead.value = died.map(toWaiting);
    deliveries.value = arrived.deliveries;
    obstacles.value = new Map(
      waits.flatMap(({ id, obstacle }) => (obstacle === undefined ? [] : [[id, obstacle]])),
    );
    loadProblem.value = undefined;
    isLoaded.value = true;
  });
}

export async function loadDeadLetter(id: string): Promise<void> {
  try {
    const letter = await call<DeadLetterDetails>("GET", apiPath("dead", id));
    dead.value = changed(dead.value, [toWaiting(letter)], new Set());
  } catch (error) {
    if (!(error instanceof ApiError && error.code === "not-found")) throw error; // already purged
  }
}

async function loadPages(path: string): Promise<readonly WaitingEvent[]> {
  const events: WaitingEvent[] = [];
  let after: string | undefined;
  do {
    const limit = String(LARGEST_PAGE);
    const page: EventPage = await call("GET", path, { query: { limit, after } });
    events.push(...page.events);
    after = page.next;
  } while (after !== undefined && events.length < WATCHED_EVENTS);
  return events;
}
