import { type CostItem, itemOf, storageItem, totalOf } from "./cost-item.js";
import { deliveriesOf, type ResolvedUse } from "./month-of-use.js";
import { PRICES } from "./prices.js";

export interface RivalCost {
  readonly name: string;
  readonly total: number;
  readonly items: readonly CostItem[];
  /** How it differs from keywhen. */
  readonly note: string;
}

/** The largest input of a schedule of EventBridge and of an execution of Step Functions. */
const LARGEST_INPUT_BYTES = 256 * 1_024;
/** Per event: start, wait, invoke, end. */
const TRANSITIONS = 4;

/** Returns what other AWS services cost for the same events, each invoking the same function. */
export function rivalsOf(use: ResolvedUse): RivalCost[] {
  const { eventBridgeScheduler, stepFunctions } = PRICES;
  return [
    rival(
      "EventBridge Scheduler",
      "to the minute; no payload above 256 kB",
      itemOf("invocations of schedules", deliveriesOf(use), eventBridgeScheduler.invocations, use),
      use,
    ),
    rival(
      "Step Functions, a Wait state",
      "to the second; no payload above 256 kB",
      itemOf("state transitions", deliveriesOf(use) * TRANSITIONS, stepFunctions.transitions, use),
      use,
    ),
  ];
}

function rival(name: string, note: string, item: CostItem, use: ResolvedUse): RivalCost {
  const invocations = itemOf("Lambda, invocations", deliveriesOf(use), PRICES.lambda.requests, use);
  const items = [item, invocations, ...payloadItems(use)];
  return { name, total: totalOf(items), items, note };
}

/** With them, a payload that is too large has to wait in a bucket too. */
function payloadItems(use: ResolvedUse): CostItem[] {
  if (use.payloadBytes <= LARGEST_INPUT_BYTES) return [];
  return [
    itemOf("writing payloads", deliveriesOf(use), PRICES.s3.write, use),
    itemOf("reading payloads", deliveriesOf(use), PRICES.s3.read, use),
    storageItem("storage while payloads wait", use),
  ];
}
