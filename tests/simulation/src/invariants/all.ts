import { bodyUntouched } from "./body-untouched.js";
import { cancelIsTrue, notFoundIsTrue } from "./cancel-is-true.js";
import { closedInTime } from "./closed-in-time.js";
import { comesToAnEnd } from "./comes-to-an-end.js";
import { copiesInItsRange } from "./copies-in-its-range.js";
import { deadInTime } from "./dead-in-time.js";
import { deletesAreFlushed } from "./deletes-are-flushed.js";
import { expiresInTime } from "./expires-in-time.js";
import { fewRequests } from "./few-requests.js";
import {
  allowedTargets,
  anEventNeverChanges,
  circuit,
  unrecognizedUntouched,
} from "./guard-rails.js";
import { inOrder } from "./in-order.js";
import { journalIsTrue, journalIsWhole } from "./journal-is-true.js";
import { leaseIsSound } from "./lease-is-sound.js";
import { looksFirst } from "./looks-first.js";
import { namedOnce } from "./names.js";
import { neverEarly } from "./never-early.js";
import { newContent } from "./new-content.js";
import { noGap, takenOver } from "./no-gap.js";
import { nothingLost } from "./nothing-lost.js";
import { onTime } from "./on-time.js";
import { once } from "./once.js";
import { repeatsAreKnown } from "./repeats-are-known.js";
import { alwaysArmed, definitionsStay } from "./schedules/always-armed.js";
import { scheduleAnswersAreTrue } from "./schedules/answers-are-true.js";
import { bodiesStay } from "./schedules/bodies-stay.js";
import { schedulesComeToRest } from "./schedules/comes-to-rest.js";
import { goesOn } from "./schedules/goes-on.js";
import { occurrenceUntouched } from "./schedules/occurrence-untouched.js";
import { occurrencesOnce } from "./schedules/occurrences-once.js";
import { passedOverByRule } from "./schedules/passed-over-by-rule.js";
import { takenUpOnce } from "./schedules/taken-up-once.js";
import { triesBackOff } from "./schedules/tries-back-off.js";
import { sweptThrough } from "./swept-through.js";
import type { Invariant } from "./watcher.js";

export const INVARIANTS: readonly Invariant[] = [
  nothingLost,
  neverEarly,
  once,
  anEventNeverChanges,
  bodyUntouched,
  cancelIsTrue,
  newContent,
  namedOnce,
  notFoundIsTrue,
  closedInTime,
  inOrder,
  allowedTargets,
  circuit,
  unrecognizedUntouched,
  comesToAnEnd,
  deadInTime,
  expiresInTime,
  deletesAreFlushed,
  fewRequests,
  journalIsTrue,
  journalIsWhole,
  leaseIsSound,
  copiesInItsRange,
  looksFirst,
  repeatsAreKnown,
  sweptThrough,
  onTime,
  noGap,
  takenOver,
  alwaysArmed,
  definitionsStay,
  bodiesStay,
  goesOn,
  takenUpOnce,
  passedOverByRule,
  occurrencesOnce,
  occurrenceUntouched,
  scheduleAnswersAreTrue,
  schedulesComeToRest,
  triesBackOff,
];
