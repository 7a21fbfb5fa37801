import { computed, signal } from "@preact/signals";
import type { Delivery, DemoState, LiveError } from "../../src/api/index.js";
import type { Waiting } from "./waiting.js";

/** All that the page knows of the store. The live connection writes it, components read it. */

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
/** The youngest first. */
export const deliveries = signal<readonly Delivery[]>([]);
/** In due order. */
export const dead = signal<readonly Waiting[]>([]);
/** What keeps a waiting event from being delivered: its last try failed, or it was refused without one. */
export interface Obstacle {
  readonly kind: "failed" | "refused";
  readonly error: LiveError;
}

/** By the event's id. */
export const obstacles = signal<ReadonlyMap<string, Obstacle>>(new Map());

export const isReadOnly = computed(() => demo.value?.readOnly ?? true);
