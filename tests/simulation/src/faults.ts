import type { RequestKind } from "@keywhen/core/store";
import type { Prng } from "./prng.js";

/** What may befall one request, or its sender because of it. */
export const REQUEST_FAULTS = [
  /** 503: not carried out. */
  "throttled",
  /** No connection: certainly not carried out. */
  "refused",
  /** Lost on its way: not carried out, but its sender can't know. */
  "lost-request",
  /** Carried out, its answer lost. */
  "lost-answer",
  /** No answer; carried out long after its sender has given up. */
  "late",
  /** Seconds on its way, there and back. */
  "slow",
  /** A batch delete that fails for some of its keys. */
  "key-errors",
  /** The sender dies while it is under way. */
  "crash",
  /** The sender freezes for minutes while it is under way. */
  "freeze",
] as const;

/** What may befall a world besides. */
export const WORLD_FAULTS = [
  /** A right or a bucket is missing for a while. */
  "outages",
  /** Clocks further off than keywhen allows. */
  "far-off",
  /** Clocks that are set forward or back. */
  "jumps",
  /** Conditional puts that meet are answered as the store answers races. */
  "races",
  /** A zone's clocks change, and not all machines have heard of it. */
  "zone-changes",
] as const;

export type RequestFault = (typeof REQUEST_FAULTS)[number];
export type FaultKind = RequestFault | (typeof WORLD_FAULTS)[number];
export type FaultCounts = Partial<Record<FaultKind, number>>;

/** How often each befalls a request. */
export type FaultRates = Readonly<Record<RequestFault, number>>;

/** When the sender of a request dies or freezes. */
type Moment = "sent" | "executed" | "answered";

export interface Fate {
  readonly fault: RequestFault | undefined;
  /** From the sending; undefined: never. */
  readonly executesAfterMs: number | undefined;
  /** From the sending; undefined: never. */
  readonly answersAfterMs: number | undefined;
  /** For `crash` and `freeze`. */
  readonly moment: Moment;
  readonly frozenForMs: number;
  readonly suspends: boolean;
  /** Whether it is carried out though its sender has gone before it could be. */
  readonly outlivesSender: boolean;
  /** For `key-errors` and races: what each further question to fate is answered from. */
  readonly luck: Prng;
}

/** It is on its way for ever: neither carried out nor answered. */
export const NEVER: Partial<Fate> = {
  fault: "late",
  executesAfterMs: undefined,
  answersAfterMs: undefined,
};

export type CursedKinds = readonly [RequestKind, ...RequestKind[]];

/** One kind of request of one call that keeps failing, as if one path were down. */
export interface Curse {
  readonly kind: RequestKind;
  readonly fault: RequestFault;
}

export const CURSED_KINDS: CursedKinds = ["put", "copy", "delete", "head", "get"];
const CURSES: readonly [RequestFault, ...RequestFault[]] = [
  "lost-answer",
  "lost-request",
  "slow",
  "late",
  "throttled",
];

export function drawCurse(
  prng: Prng,
  probability: number,
  kinds: CursedKinds = CURSED_KINDS,
): Curse | undefined {
  const curse = { kind: prng.pick(kinds), fault: prng.pick(CURSES) };
  return prng.chance(probability) ? curse : undefined;
}

/** Draws the same numbers whether or not a fault is switched off. */
export function drawFate(
  prng: Prng,
  rates: FaultRates | undefined,
  cursedWith: RequestFault | undefined,
  isOff: (fault: RequestFault) => boolean,
): Fate {
  const thereMs = prng.between(2, 60);
  const backMs = prng.between(2, 60);
  const usualFault = drawFault(prng, rates);
  const isCursed = prng.chance(0.85) && cursedWith !== undefined;
  const drawn = isCursed ? cursedWith : usualFault;
  const fault = drawn !== undefined && isOff(drawn) ? undefined : drawn;
  const slowMs = prng.between(300, 9_000);
  const lateMs = prng.chance(0.5) ? prng.between(1_000, 20_000) : prng.between(10_000, 240_000);
  const common = {
    fault,
    moment: prng.pick<Moment>(["sent", "executed", "answered"]),
    frozenForMs: prng.chance(0.5) ? prng.between(2_000, 60_000) : prng.between(30_000, 300_000),
    suspends: prng.chance(0.3),
    outlivesSender: prng.chance(0.5),
    luck: prng,
  };
  const usual = { executesAfterMs: thereMs, answersAfterMs: thereMs + backMs };
  switch (fault) {
    case "throttled":
    case "refused":
    case "lost-request":
      return { ...common, ...usual, executesAfterMs: undefined };
    case "late":
      return { ...common, executesAfterMs: lateMs, answersAfterMs: undefined };
    case "slow":
      return {
        ...common,
        executesAfterMs: thereMs + slowMs,
        answersAfterMs: thereMs + slowMs + Math.ceil(backMs * prng.next() * 100),
      };
    default:
      return { ...common, ...usual };
  }
}

function drawFault(prng: Prng, rates: FaultRates | undefined): RequestFault | undefined {
  let left = prng.next();
  if (rates === undefined) return undefined;
  for (const fault of REQUEST_FAULTS) {
    left -= rates[fault];
    if (left < 0) return fault;
  }
  return undefined;
}
