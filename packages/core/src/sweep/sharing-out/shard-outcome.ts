import type { ObjectStoreError } from "../../store/object-store-error.js";
import type { SweepReport } from "../reporting/sweep-report.js";

/** What became of one shard. */
export type ShardOutcome = { readonly report: SweepReport } | { readonly error: ObjectStoreError };
