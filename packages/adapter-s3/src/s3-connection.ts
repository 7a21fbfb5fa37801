import type { NameLimits } from "@keywhen/core/store";
import type { Send } from "./send-once.js";

/** What every call of the store works with. */
export interface S3Connection {
  readonly send: Send;
  /** For commands whose body is a stream. */
  readonly sendStream: Send;
  readonly limits: NameLimits;
  readonly singleCopyMaxBytes: number;
}
