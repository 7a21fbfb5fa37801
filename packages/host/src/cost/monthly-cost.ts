import { type CostItem, GIGABYTE, itemOf, storageItem, totalOf } from "./cost-item.js";
import { deliveriesOf, type MonthOfUse, type ResolvedUse, resolveUse } from "./month-of-use.js";
import {
  MONTH_MS,
  monthlyRequests,
  REQUESTS_PER_OCCURRENCE,
  sweepsAhead,
} from "./monthly-requests.js";
import { PRICES } from "./prices.js";
import { type RivalCost, rivalsOf } from "./rivals.js";

export interface MonthlyCost {
  /** US dollars a month: the sum of `items`. */
  readonly total: number;
  readonly items: readonly CostItem[];
  /** Where and when the prices were read: `us-east-1, S3 Standard, 2026-11`. */
  readonly pricesOf: string;
  readonly rivals: readonly RivalCost[];
}

/** Measured: an idle sweep on a small function, most of it waiting for one LIST. */
const IDLE_SWEEP_MS = 200;
/** The CPU time of one copy through the AWS SDK, on a whole core. */
const COPY_CPU_MS = 1.2;
/** The memory at which a function has a whole core. */
const MEGABYTES_OF_A_CORE = 1_769;
/** The line of the report, and the lines that Lambda adds. */
const LOG_BYTES = 1_500;

/**
 * Returns what a month of keywhen costs on AWS, and what other schedulers there cost: list prices times documented
 * quantities, without the network. The function behind the target is invoked once per event in every case; its running
 * time is the same and not included. Throws a `RangeError` for a number out of range.
 */
export function monthlyCost(use: MonthOfUse): MonthlyCost {
  const resolved = resolveUse(use);
  const items = itemsOf(resolved).filter(({ quantity }) => quantity > 0);
  return {
    total: totalOf(items),
    items,
    pricesOf: `${PRICES.region}, ${PRICES.storageClass}, ${PRICES.readIn}`,
    rivals: rivalsOf(resolved),
  };
}

function itemsOf(use: ResolvedUse): CostItem[] {
  const { events, occurrences } = use;
  const { s3 } = PRICES;
  const { list, put, get, copy, delete: deletes } = monthlyRequests(use);
  const recurring = {
    put: occurrences * REQUESTS_PER_OCCURRENCE.put,
    get: occurrences * REQUESTS_PER_OCCURRENCE.get,
  };
  return [
    itemOf("writing events", events, s3.write, use),
    itemOf("copies to the targets", copy, s3.write, use),
    itemOf("lists", list, s3.write, use),
    itemOf("recurring schedules, writes", recurring.put, s3.write, use),
    itemOf("recurring schedules, reads", recurring.get, s3.read, use),
    itemOf(
      use.journal ? "lease and journal, writes" : "lease, writes",
      put - recurring.put,
      s3.write,
      use,
    ),
    itemOf("lease and shard map, reads", get - recurring.get, s3.read, use),
    itemOf("deletes", deletes, s3.delete, use),
    storageItem("storage while events wait", use),
    itemOf("reading payloads at the targets", copy, s3.read, use),
    ...functionItems(use),
  ];
}

/** The sweeper's invocations share the account's free tier with those of the function behind the targets. */
function functionItems(use: ResolvedUse): CostItem[] {
  const { lambda, eventBridgeScheduler, cloudWatch } = PRICES;
  const { invocations, gigabyteSeconds } = sweeperFunction(use);
  return [
    itemOf("Lambda, invocations", deliveriesOf(use) + invocations, lambda.requests, use),
    itemOf("Lambda, the sweeper", gigabyteSeconds, lambda.compute, use),
    itemOf("waking the sweeper", invocations, eventBridgeScheduler.invocations, use),
    itemOf("the sweeper's log", (invocations * LOG_BYTES) / GIGABYTE, cloudWatch.logs, use),
  ];
}

function sweeperFunction(use: ResolvedUse) {
  const { host, shards, everyMs, lookAheadMs, memoryMegabytes } = use;
  if (host === "own") return { invocations: 0, gigabyteSeconds: 0 };
  const isAhead = lookAheadMs > 0;
  const sweeps = (isAhead ? sweepsAhead(use).sweeps : MONTH_MS / everyMs) * shards;
  const share = Math.min(1, memoryMegabytes / MEGABYTES_OF_A_CORE);
  const copyingMs = (deliveriesOf(use) * COPY_CPU_MS) / share;
  const livingMs = isAhead ? sweeps * sweepsAhead(use).lifeMs : sweeps * IDLE_SWEEP_MS + copyingMs;
  return { invocations: sweeps, gigabyteSeconds: (livingMs / 1_000) * (memoryMegabytes / 1_024) };
}
