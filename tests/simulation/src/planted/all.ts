import { DELIVERY_FAULTS } from "./delivery-faults.js";
import { LEASE_FAULTS } from "./lease-faults.js";
import { LOOK_AHEAD_FAULTS } from "./look-ahead-faults.js";
import type { PlantedFault } from "./planted-fault.js";
import { SCHEDULER_FAULTS } from "./scheduler-faults.js";
import { SHARD_FAULTS } from "./shard-faults.js";

export const PLANTED_FAULTS: readonly PlantedFault[] = [
  ...DELIVERY_FAULTS,
  ...SCHEDULER_FAULTS,
  ...LEASE_FAULTS,
  ...LOOK_AHEAD_FAULTS,
  ...SHARD_FAULTS,
];
