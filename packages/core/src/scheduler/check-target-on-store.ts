import { checkTarget } from "../codec/key-limits.js";
import { KeywhenError } from "../keywhen-error.js";
import type { ResolvedHome } from "../options/home.js";
import { isInScheduleFolder } from "../options/schedule-folder.js";
import type { ObjectRef } from "../store/object-store.js";

/**
 * Throws `invalid-target` for a target where no sweeper ever delivers: a name that the store can't hold, or a key in the
 * schedule's own folder. Such an event would be stored, and dead-lettered when it is due.
 */
export function checkTargetOnStore(home: ResolvedHome, to: ObjectRef): void {
  const { store, root } = home;
  checkTarget(to, store.capabilities.limits);
  const problem = store.nameProblem?.(to);
  if (problem !== undefined) {
    throw invalidTarget(
      `This store can't hold the target ${show(to)}: ${problem}. Choose another bucket or key.`,
    );
  }
  if (isInScheduleFolder(home, to)) {
    throw invalidTarget(
      `The target ${show(to)} is in the schedule's own folder (${root}/), where no event is delivered. Choose another bucket or key.`,
    );
  }
}

function show({ bucket, key }: ObjectRef): string {
  return JSON.stringify(`${bucket}/${key}`);
}

function invalidTarget(message: string): KeywhenError {
  return new KeywhenError("invalid-target", message);
}
