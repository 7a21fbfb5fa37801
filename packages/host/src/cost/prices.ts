import type { Requests } from "@keywhen/core/store";

/** One list price, with its source. */
export interface Price {
  /** US dollars for `per` units. */
  readonly dollars: number;
  readonly per: number;
  readonly unit: string;
  /** The units a month that are free for each account permanently (no first-year offers). */
  readonly freeAMonth: number;
  readonly source: string;
  /** The year and month of the last comparison with the source. */
  readonly readIn: string;
}

const S3 = "https://aws.amazon.com/s3/pricing/";
const LAMBDA = "https://aws.amazon.com/lambda/pricing/";
const EVENT_BRIDGE = "https://aws.amazon.com/eventbridge/pricing/";
const CLOUD_WATCH = "https://aws.amazon.com/cloudwatch/pricing/";
const STEP_FUNCTIONS = "https://aws.amazon.com/step-functions/pricing/";

/** The prices of AWS in us-east-1, S3 class Standard, Lambda on arm64; the first tier of each price. */
export const PRICES = {
  region: "us-east-1",
  storageClass: "S3 Standard",
  /** The oldest of them was compared with its source in this month. */
  readIn: "2026-11",
  s3: {
    /** PUT, COPY, POST and LIST. */
    write: price(0.005, 1_000, "requests", S3),
    /** GET, HEAD and all others. */
    read: price(0.0004, 1_000, "requests", S3),
    /** DELETE, with one key or a thousand. */
    delete: price(0, 1_000, "requests", S3),
    storage: price(0.023, 1, "GB-months", S3),
  },
  lambda: {
    requests: price(0.2, 1_000_000, "requests", LAMBDA, 1_000_000),
    compute: price(0.0000133334, 1, "GB-seconds", LAMBDA, 400_000),
  },
  eventBridgeScheduler: {
    invocations: price(1, 1_000_000, "invocations", EVENT_BRIDGE, 14_000_000),
  },
  cloudWatch: {
    logs: price(0.5, 1, "GB taken in", CLOUD_WATCH, 5),
    alarms: price(0.1, 1, "alarms", CLOUD_WATCH, 10),
    metrics: price(0.3, 1, "metrics", CLOUD_WATCH, 10),
  },
  stepFunctions: {
    transitions: price(0.025, 1_000, "state transitions", STEP_FUNCTIONS, 4_000),
  },
} as const;

export type Prices = typeof PRICES;

function price(dollars: number, per: number, unit: string, source: string, freeAMonth = 0): Price {
  return { dollars, per, unit, freeAMonth, source, readIn: "2026-11" };
}

/** Returns what these requests cost on S3, in US dollars. */
export function requestDollars(requests: Readonly<Partial<Requests>>): number {
  const {
    list = 0,
    put = 0,
    copy = 0,
    move = 0,
    get = 0,
    head = 0,
    delete: deletes = 0,
  } = requests;
  const { write, read, delete: free } = PRICES.s3;
  const parts: readonly [number, Price][] = [
    [list + put + copy + move, write],
    [get + head, read],
    [deletes, free],
  ];
  return parts.reduce((sum, [count, { dollars, per }]) => sum + (count * dollars) / per, 0);
}
