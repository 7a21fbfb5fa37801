import { batch } from "@preact/signals";
import { type Delivery, KEPT_DELIVERIES, type Obstacle } from "../../src/api/events.js";
import type { DemoState, LiveEvent } from "../../src/api/state.js";
import { changed } from "../waiting/sorted-events.js";
import { dead, deliveries, demo, obstacles, waiting } from "./page-state.js";
import { toWaiting, type Waiting } from "./waiting.js";

/** The changes of several live events, so that each list is written once. */
interface Changes {
  readonly waits: Map<string, Waiting>;
  readonly waitsNoMore: Set<string>;
  readonly died: Set<string>;
  readonly deadNoMore: Set<string>;
  readonly delivered: Delivery[];
}

/** Applies live events in their order, in one batch. Returns the ids of the dead letters to load. */
export function applyEvents(events: readonly LiveEvent[]): readonly string[] {
  const changes: Changes = {
    waits: new Map(),
    waitsNoMore: new Set(),
    died: new Set(),
    deadNoMore: new Set(),
    delivered: [],
  };
  batch(() => {
    for (const event of events) gather(changes, event);
    waiting.value = changed(waiting.value, [...changes.waits.values()], changes.waitsNoMore);
    dead.value = changed(dead.value, [], changes.deadNoMore);
    addDeliveries(changes.delivered);
  });
  return [...changes.died];
}

/** Adds deliveries, the newest first. Known ones are replaced. */
function addDeliveries(added: readonly Delivery[]): void {
  if (added.length === 0) return;
  const known = new Set(added.map((delivery) => delivery.id));
  const older = deliveries.value.filter((delivery) => !known.has(delivery.id));
  const unique = [...new Map(added.map((delivery) => [delivery.id, delivery])).values()];
  deliveries.value = [...unique, ...older].sort(newestFirst).slice(0, KEPT_DELIVERIES);
}

function gather(changes: Changes, event: LiveEvent): void {
  switch (event.type) {
    case "scheduled":
      comes(changes, toWaiting(event.event));
      break;
    case "rescheduled":
      goes(changes, event.id);
      comes(changes, toWaiting(event.event));
      break;
    case "redriven":
      changes.deadNoMore.add(event.id);
      comes(changes, toWaiting(event.event));
      break;
    case "delivered":
      changes.delivered.push(event.delivery);
      goes(changes, event.delivery.id);
      break;
    case "dead":
      changes.died.add(event.id);
      goes(changes, event.id);
      break;
    case "cancelled":
    case "gone":
      goes(changes, event.id);
      break;
    case "purged":
      changes.died.delete(event.id);
      changes.deadNoMore.add(event.id);
      break;
    case "failed":
    case "refused":
      meets(event.id, { kind: event.type, error: event.error });
      break;
    default:
      gatherState(event);
  }
}

function comes(changes: Changes, event: Waiting): void {
  changes.waitsNoMore.delete(event.id);
  changes.waits.set(event.id, event);
}

function goes(changes: Changes, id: string): void {
  changes.waits.delete(id);
  changes.waitsNoMore.add(id);
  if (obstacles.value.has(id)) {
    const rest = new Map(obstacles.value);
    rest.delete(id);
    obstacles.value = rest;
  }
}

function meets(id: string, obstacle: Obstacle): void {
  obstacles.value = new Map(obstacles.value).set(id, obstacle);
}

type StateEvent = Extract<
  LiveEvent,
  { type: "state" | "reset" | "swept" | "sweeper" | "counts" | "requests" }
>;

function gatherState(event: StateEvent): void {
  if (event.type === "state") demo.value = event.state;
  else if (demo.value) demo.value = { ...demo.value, ...stateChange(demo.value, event) };
}

function stateChange(
  state: DemoState,
  event: Exclude<StateEvent, { type: "state" }>,
): Partial<DemoState> {
  switch (event.type) {
    case "swept":
      return { sweeper: { ...state.sweeper, lastSweep: event.report } };
    case "sweeper":
      return { sweeper: event.sweeper };
    case "counts":
      return { counts: event.counts };
    case "requests":
      return { requests: event.requests, spending: event.spending };
    case "reset":
      return {}; // a `state` follows, which loads the lists again
  }
}

function newestFirst(one: Delivery, other: Delivery): number {
  return one.deliveredAt < other.deliveredAt ? 1 : one.deliveredAt > other.deliveredAt ? -1 : 0;
}
