import { allowedSkewMs, seconds } from "@keywhen/core/internal";
import type { Finding } from "@keywhen/core/store";
import type { Examination } from "./examination.js";

const name = "clock";

/** Compares this machine's clock with the store's in the answers so far. */
export function checkClock({ home, store, readings }: Examination): Finding {
  const { clock } = store.capabilities;
  if (clock === "shared")
    return { name, status: "ok", detail: "the store uses this machine's clock" };
  if (clock === "none") {
    const hint = "run one sweeper at a time, on a machine with a correct clock";
    return {
      name,
      status: "warn",
      detail: "the store reports no time, so sweepers can't share the work",
      hint,
    };
  }
  const [reading] = readings;
  if (reading === undefined) {
    const hint = "check whether a proxy removes the Date header";
    return { name, status: "fail", detail: "the store's answers have no time", hint };
  }
  return judge(reading.aheadMs, allowedSkewMs(home.guardMs));
}

function judge(aheadMs: number, limitMs: number): Finding {
  const direction = aheadMs > 0 ? "ahead of" : "behind";
  const roundedMs = Math.round(aheadMs / 100) * 100; // a Date header has whole seconds
  const detail = `this machine is ${seconds(roundedMs)} s ${direction} the store`;
  if (Math.abs(aheadMs) <= limitMs) return { name, status: "ok", detail };
  const hint = `set this machine's clock (NTP): with a difference of ${seconds(limitMs)} s or more, cancelling and delivering are unsafe`;
  return { name, status: "fail", detail, hint };
}
