import { computed, signal } from "@preact/signals";
import type { Delivery, Obstacle } from "../../src/api/events.js";
import type { SchedulesAnswer } from "../../src/api/schedules.js";
import type { DemoState } from "../../src/api/state.js";
import type { Waiting } from "./waiting.js";

/** What the page knows about the store. The live connection writes it, components read it. */

/** Missing until the server's first answer. */
export const demo = signal<DemoState | undefined>(undefined);
export const connection = signal<"connecting" | "live" | "reconnecting">("connecting");
/** The lists have been loaded at least once. */
export const isLoaded = signal(false);
/** Why the lists could not be loaded. */
export const loadProblem = signal<{ message: string; hint?: string | undefined } | undefined>(
  undefined,
);

/** In due order. */
export const waiting = signal<readonly Waiting[]>([]);
/** The newest first. */
export const deliveries = signal<readonly Delivery[]>([]);
/** In due order. */
export const dead = signal<readonly Waiting[]>([]);
/** Recurring schedules, by name. */
export const schedules = signal<SchedulesAnswer>({ schedules: [], isMore: false });
/** Why waiting events are not delivered, by id. */
export const obstacles = signal<ReadonlyMap<string, Obstacle>>(new Map());

export const isReadOnly = computed(() => demo.value?.readOnly ?? true);
