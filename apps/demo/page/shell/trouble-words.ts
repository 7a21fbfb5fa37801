import type { Trouble } from "../../src/api/state.js";
import { clockTime } from "../format/time.js";

export const UNREACHABLE =
  "The demo's server does not answer, so this page may be out of date. Start it again with npm run demo; the page reconnects by itself.";

/** The store has failed at the server's last look. */
export function storeTroubleWords({ at, message }: Trouble): string {
  return `The store has failed since ${clockTime(Date.parse(at))}: ${message}. This page may be out of date. Run keywhen doctor to find the cause.`;
}

/** The server could not read the journal at its start. */
export function historyTroubleWords({ at, message }: Trouble): string {
  return `What was delivered before ${clockTime(Date.parse(at))} is missing, because the journal could not be read: ${message}. Run keywhen log to find the cause.`;
}
