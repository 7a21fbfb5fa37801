import { type Fault, type ProxiedRequest, s3Error } from "@keywhen/test-servers";

const INTERNAL_ERROR = s3Error(500, "InternalError");
const SLOW_DOWN = s3Error(503, "SlowDown");
const ERROR_IN_200 = s3Error(200, "InternalError");

/** Every fault of the network and the server; an error in a 200 is only for copies. */
export const NETWORK_FAULTS: readonly Fault[] = [
  { kind: "latency", delayMs: 300 },
  { kind: "throttle", bytesPerSecond: 20_000 },
  { kind: "reset", moment: "before" },
  { kind: "reset", moment: "after" },
  { kind: "half-close", moment: "before" },
  { kind: "half-close", moment: "after" },
  { kind: "cut-request", afterBytes: 40 },
  { kind: "cut-answer", afterBytes: 40 },
  { kind: "answer", moment: "before", answer: INTERNAL_ERROR },
  { kind: "answer", moment: "after", answer: INTERNAL_ERROR },
  { kind: "answer", moment: "before", answer: SLOW_DOWN },
  { kind: "answer", moment: "before", answer: ERROR_IN_200 },
  { kind: "answer", moment: "after", answer: ERROR_IN_200 },
];

const SHARE = 0.25;

/** Each request meets one of these faults with a chance of one in four. */
export function faultsAtRandom(
  faults: readonly Fault[],
  random: () => number,
): (request: ProxiedRequest) => Fault | undefined {
  return (request) => {
    if (random() >= SHARE) return undefined;
    const fitting = faults.filter((fault) => !isForCopies(fault) || isCopy(request));
    return fitting[Math.floor(random() * fitting.length)];
  };
}

function isForCopies(fault: Fault): boolean {
  return fault.kind === "answer" && fault.answer.status === 200;
}

function isCopy({ method, headers }: ProxiedRequest): boolean {
  return method === "PUT" && headers["x-amz-copy-source"] !== undefined;
}

/** Numbers from 0 to below 1 that follow from the seed alone (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
