import type { Target } from "./waiting-event.js";

/** An event that arrived. The server keeps the last `KEPT_DELIVERIES` since it started. */
export interface Delivery {
  readonly id: string;
  /** When it was due. */
  readonly at: string;
  readonly to: Target;
  readonly size: number;
  /** When its copy began; of one delivered elsewhere, when its object was written, perhaps in whole seconds. */
  readonly deliveredAt: string;
  /** `deliveredAt` less `at`. */
  readonly latenessMs: number;
  /** `here`: by this server's sweeper, to the millisecond. `elsewhere`: by another one, as found at the target. */
  readonly by: "here" | "elsewhere";
}

/** `GET /api/delivered`: the youngest first. */
export interface DeliveryPage {
  readonly deliveries: readonly Delivery[];
}

/** `GET /api/delivered/:id`: a look at the target of a delivery that is kept. */
export interface DeliveredObject {
  readonly delivery: Delivery;
  /** `there`: as delivered. `replaced`: another object is there. `gone`: consumed or deleted. */
  readonly object: "there" | "replaced" | "gone";
  readonly size?: number;
  readonly contentType?: string;
  readonly writtenAt?: string;
  /** The user's metadata and keywhen's own (`keywhen-id`, `keywhen-at`). */
  readonly metadata?: Readonly<Record<string, string>>;
}

export const KEPT_DELIVERIES = 2_000;
