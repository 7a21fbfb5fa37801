/**
 * What the packages of this repository use of core and applications don't. It isn't covered by semantic versioning: names
 * may be added at any time, and change or go with a minor version. All packages are published with one version.
 *
 * @packageDocumentation
 */
export { answered, onAbort } from "./callbacks.js";
export { checkOptionNames } from "./input/option-names.js";
export { showValue, thrownMessage } from "./input/show-value.js";
export { journalKeyMs, journalPrefix, journalTime } from "./journal/journal-key.js";
export { codecV1, escapePart, unescapePart } from "./key/codec-v1.js";
export { canShard, hashOfId, MOST_SHARDS } from "./key/delivery-id.js";
export type { EventKey, KeyCodec } from "./key/key-codec.js";
export { checkTargetNames } from "./key/key-limits.js";
export { isToken, parseWakeUpId, wakeUpId } from "./key/wake-up-id.js";
export { type ActiveSweeper, activeSweepers } from "./lease/active-sweepers.js";
export { canLease, leaseKeyOf, readLease } from "./lease/lease-object.js";
export { dropExpired } from "./lease/lease-state.js";
export { type Clock, type RandomSource, systemClock, systemRandom } from "./machine.js";
export { type CallOptions, checkParts, checkSignal, signalOf } from "./options/check-options.js";
export {
  checkMetadataSize,
  deliveredEvent,
  isDeliveryOf,
  isSameDelivery,
  keywhenMetadata,
  receivedMetadata,
} from "./options/metadata.js";
export {
  type CallContext,
  LOCATION_OPTIONS,
  resolveSchedule,
  type Schedule,
} from "./options/schedule.js";
export type { HeldReport, SweptReport } from "./report/sweep-report.js";
export { withinBudget } from "./requests/async-items.js";
export { guardedStore } from "./requests/guarded-store.js";
export {
  deleteOne,
  listPage,
  listPages,
  noDeleteAnswer,
  pageProblem,
} from "./requests/list-and-delete.js";
export { type RetryPolicy, retry } from "./requests/retry.js";
export {
  changeShared,
  readShared,
  type SharedObject,
  type SharedReading,
} from "./requests/shared-object.js";
export { allowedSkewMs, type ClockReading, readingOf } from "./requests/store-clock.js";
export { seconds } from "./scheduler/clock-check.js";
export { planEvent } from "./scheduler/new-event.js";
export { planKey } from "./scheduler/plan-key.js";
export { type Partition, pendingPartition, shardPartition } from "./shards/partitions.js";
export {
  ANY_SHARDS,
  type ShardMap,
  shardCount,
  shardsAt,
  UNSHARDED,
  withNumber,
} from "./shards/shard-map.js";
export { readShardMap, shardMapRef } from "./shards/shard-map-object.js";
export { compareByteOrder } from "./store/key-order.js";
export { storeErrorOf } from "./store/object-store-error.js";
export { joinBytes } from "./store/read-body.js";
export type { DueWakeUp, WakeUpSweep, WakeUps, WakeUpTurn } from "./sweep/wake-ups.js";
export { compileAllowTargets } from "./targets/allow-targets.js";
export { parseTargetPattern } from "./targets/target-pattern.js";
export { durationMs } from "./time/duration.js";
export {
  daysInMonth,
  daysSinceEpoch,
  FIRST_INSTANT_MS,
  formatInstant,
  LAST_INSTANT_MS,
  parseWholeInstant,
} from "./time/instant.js";
export { momentMs } from "./time/moment.js";
export { windowOffsetMs } from "./time/window.js";
export { bytesOf, isError, isJsonObject, type JsonObject } from "./values.js";
