import { compileAllowTargets } from "@keywhen/core";
import { computed } from "@preact/signals";
import { demo } from "../live/page-state.js";

/** As one text, so that state that changes every second does not make a new check for each row. */
const patterns = computed(() => JSON.stringify(demo.value?.allow ?? []));

/** Checks whether this server's sweeper may deliver to a target. Without a sweeper here, nothing is outside. */
export const isAllowedTarget = computed(() => {
  const allow: string[] = JSON.parse(patterns.value);
  return allow.length === 0 ? () => true : compileAllowTargets(allow);
});
