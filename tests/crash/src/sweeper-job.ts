import type { SweepReport } from "@keywhen/core";
import type { StorePlace } from "./store-place.js";

/** What a sweeper process is told to do, over and over, until it is stopped or killed. */
export interface SweeperJob {
  /** Tells its copies from those of others. */
  readonly name: string;
  readonly place: StorePlace;
  readonly root: string;
  readonly whenHeld: "leave" | "wait";
  /** Between two sweeps of which the first found nothing to do. */
  readonly pauseMs: number;
}

/** What a sweeper process says. */
export type SweeperSays =
  | { readonly type: "ready" }
  | { readonly type: "delivered" }
  | { readonly type: "swept"; readonly report: Pick<SweepReport, "outcome"> }
  | { readonly type: "failed"; readonly message: string }
  | { readonly type: "ended" };
