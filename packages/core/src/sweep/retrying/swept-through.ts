import type { KeyCodec } from "../../codec/key-codec.js";
import type { ListPass } from "../sweep-run.js";
import type { WindDown } from "../wind-down.js";
import type { LeftBehind } from "./left-behind.js";

/** What of a sweep tells how far it came. */
interface FinishedPass {
  readonly pass: Pick<ListPass, "startedMs" | "listedAtStoreMs" | "lastTakenIn">;
  readonly tally: { readonly left: Pick<LeftBehind, "unattemptedSinceMs"> };
  readonly windDown: Pick<WindDown, "reason">;
  readonly home: { readonly codec: KeyCodec };
  readonly untilMs: number;
}

/** What was listed may have been written this long before by the store's clock: Dates have whole seconds. */
const LISTING_ERROR_MS = 2_000;

/**
 * Up to which store time every event that was due and stored has been tried, as far as the last pass tells;
 * `undefined` if it tells nothing.
 */
export function sweptThroughMs({
  pass,
  tally,
  windDown,
  home,
  untilMs,
}: FinishedPass): number | undefined {
  const { unattemptedSinceMs } = tally.left;
  const bounds = [
    untilMs, // what is due after it is another holder's
    pass.startedMs, // a clock that is behind has not seen what was due after this
    pass.listedAtStoreMs === undefined ? undefined : pass.listedAtStoreMs - LISTING_ERROR_MS,
    unattemptedSinceMs === undefined ? Number.POSITIVE_INFINITY : unattemptedSinceMs - 1,
    windDown.reason === false ? Number.POSITIVE_INFINITY : takenInThroughMs(pass, home.codec),
  ];
  return bounds.every((bound) => bound !== undefined) ? Math.min(...bounds) : undefined;
}

/** Nothing that is due by then is behind the last event that was taken in; `undefined` if that can't be told. */
function takenInThroughMs(
  { lastTakenIn }: FinishedPass["pass"],
  codec: KeyCodec,
): number | undefined {
  if (lastTakenIn === undefined) return undefined;
  const beforeMs = lastTakenIn.atMs - 1;
  return codec.after(beforeMs) <= lastTakenIn.id ? beforeMs : undefined;
}
