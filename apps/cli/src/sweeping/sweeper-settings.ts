import type { Duration } from "@keywhen/core";
import { allowedTargets, UsageError } from "@keywhen/host";
import { type OpenDestinations, readDestinations } from "../destinations/read-destinations.js";
import type { Session } from "../session.js";
import { readDuration, type SweeperOptions } from "./schedule-options.js";

/** What a sweeper takes of the command line. */
interface SweeperSettings {
  readonly allowTargets: readonly string[] | undefined;
  readonly maxAge: Duration | undefined;
  readonly journal: boolean;
  /** `undefined`: every event is copied. */
  readonly openDestinations: OpenDestinations | undefined;
}

/** Reads what a sweeper takes. Throws a `UsageError` if no allowed targets and no destinations are given. */
export function readSweeperOptions(
  session: Session,
  options: SweeperOptions,
  deadline?: Duration | undefined,
): SweeperSettings {
  const { storeUrl, env } = session;
  const openDestinations = readDestinations(session, options, deadline);
  const allowTargets = allowedTargets(storeUrl, env, options.allow);
  if (allowTargets === undefined && openDestinations === undefined) {
    throw new UsageError(
      "No allowed targets are given.",
      "Give --allow 'bucket/*' or set KEYWHEN_ALLOW_TARGETS. --allow '*' allows every target to anyone who can schedule.",
    );
  }
  const journal = options.journal ?? readJournalSwitch(env);
  return { allowTargets, maxAge: readDuration(options.maxAge), journal, openDestinations };
}

function readJournalSwitch(env: Session["env"]): boolean {
  const text = env["KEYWHEN_JOURNAL"] || "false";
  if (text === "true" || text === "false") return text === "true";
  throw new UsageError(`KEYWHEN_JOURNAL must be true or false (got "${text}").`);
}
