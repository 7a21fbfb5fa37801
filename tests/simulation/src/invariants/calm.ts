import type { View } from "./watcher.js";

/** Whether no fault can befall a world's requests, nor anything its clocks; incidents may befall its hosts. */
export function isCalm({ plan }: View): boolean {
  const { rates, outages, sweepers } = plan;
  const hasFaults = Object.values(rates).some((rate) => rate > 0);
  return (
    !hasFaults && outages.length === 0 && sweepers.every(({ clock }) => clock.jumps.length === 0)
  );
}
