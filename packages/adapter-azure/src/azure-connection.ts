import type { NameProblem } from "@keywhen/adapter-kit";
import type { Send } from "./send-once.js";
import type { AuthorizeSource } from "./source-authorization.js";

/** What every call of the store works with. */
export interface AzureConnection {
  readonly send: Send;
  readonly authorizeSource: AuthorizeSource;
  readonly nameProblem: NameProblem;
  readonly singleCopyMaxBytes: number;
  readonly copyTags: boolean;
}
