import { computed } from "@preact/signals";
import { deliveries, demo, waiting } from "../live/page-state.js";

const MOST = 20;

/** Buckets to offer: those that this server may deliver to, and those that events go to. */
export const knownBuckets = computed(() => {
  const allowed = (demo.value?.allow ?? []).map((pattern) => pattern.split("/")[0] ?? "");
  const names = new Set(allowed.filter((name) => name !== "" && name !== "*"));
  for (const event of waiting.value) {
    if (names.size < MOST) names.add(event.bucket);
  }
  for (const { to } of deliveries.value) {
    if (names.size < MOST) names.add(to.bucket);
  }
  return [...names];
});
