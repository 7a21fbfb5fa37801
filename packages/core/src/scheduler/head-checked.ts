import type { ResolvedHome } from "../options/home.js";
import { type RetryPolicy, retry } from "../requests/retry.js";
import type { ObjectInfo } from "../store/object-store.js";
import type { ClockCheck } from "./clock-check.js";

/** A HEAD of an event that also checks the clock, once more if the answer was slow; throws `clock-skew`. */
export async function headChecked(
  home: ResolvedHome,
  key: string,
  clockCheck: ClockCheck,
  policy: RetryPolicy,
): Promise<ObjectInfo | undefined> {
  const ref = { bucket: home.bucket, key };
  const head = () =>
    retry(policy, () => home.store.head(ref, { ...clockCheck.call(), signal: policy.signal }));
  let info = await head();
  if (clockCheck.isSkewed && !clockCheck.isExact) info = await head();
  clockCheck.throwIfSkewed();
  return info;
}
