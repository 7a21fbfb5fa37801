import type { CheckedCalls } from "./checked-calls.js";
import { ifThere } from "./errno.js";
import { fileTimeMs } from "./file-clock.js";
import { hasEnded, type Owner, parseOwner } from "./owner.js";
import type { Steps } from "./steps.js";
import type { Workplace } from "./workplace.js";

/** Silence after which a lock's holder on another machine counts as ended. */
const FOREIGN_SILENCE_MS = 30_000;

/** The live process that holds a lock. Removes the lock of one that has ended, whose name no other process ever uses. */
export function* liveHolder(
  disk: CheckedCalls,
  workplace: Workplace,
  lock: string,
): Steps<Owner | undefined> {
  const text = yield* ifThere(disk.calls.readText(lock));
  if (text === undefined) return undefined;
  const holder = parseOwner(text);
  if (!(yield* isOver(holder, disk, workplace, lock))) return holder;
  yield* disk.removeFile(lock);
  return undefined;
}

function* isOver(
  holder: Owner,
  disk: CheckedCalls,
  workplace: Workplace,
  lock: string,
): Steps<boolean> {
  const { self } = workplace;
  // Each lock taken or freed changes the link count of the holder's file, and so its ctime.
  const stats = yield* disk.calls.stat(lock);
  const isForeign = holder.machine !== self.machine; // and this machine's clock may be another one than its own
  const nowMs = isForeign ? yield* fileTimeMs(disk, workplace.temporary()) : Date.now();
  const silentMs = stats === undefined ? 0 : nowMs - Number(stats.ctimeMs);
  return hasEnded(holder, self, silentMs, FOREIGN_SILENCE_MS);
}
