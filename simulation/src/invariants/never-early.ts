import { ALLOWED_SKEW_MS } from "../plan.js";
import type { Invariant } from "./watcher.js";

const PROMISE =
  "Never early: no copy starts before the due instant by the sweeper's checked clock.";

/** The store's Date has whole seconds and is taken half a second later; a way of up to a second adds half of it. */
const CHECK_ERROR_MS = 1_000;

export const neverEarly: Invariant = ({ ledger, profile, hasLease, violated }) => ({
  sent(request) {
    const event = ledger.deliveredBy(request);
    if (event === undefined) return;
    const { name } = request.activity;
    const early = (byMs: number) => event.atMs - byMs;
    if (request.sentBySenderMs < event.atMs) {
      const byMs = early(request.sentBySenderMs);
      violated(PROMISE, event.key, `${name} copies it ${byMs} ms early by its own clock`);
    }
    if (!hasLease) return; // nothing checks the clock yet
    const allowedMs =
      profile.capabilities.clock === "shared" ? 0 : ALLOWED_SKEW_MS + CHECK_ERROR_MS;
    if (request.sentMs < event.atMs - allowedMs) {
      violated(
        PROMISE,
        event.key,
        `${name} copies it ${early(request.sentMs)} ms early by the store's`,
      );
    }
  },
});
