import {
  canLease,
  dropExpired,
  formatInstant,
  leaseKeyOf,
  readLease,
} from "@keywhen/core/internal";
import type { Finding } from "@keywhen/core/store";
import { type Examination, toleratedFinding } from "./examination.js";

const name = "lease";

/** Reports which sweepers hold the lease, and whether it can be read. */
export async function checkLease(examination: Examination): Promise<Finding> {
  if (canLease(examination.store.capabilities)) {
    return toleratedFinding(name, () => lookAtLease(examination));
  }
  const detail =
    "no lease, because this store does not have conditional puts or is not known to honor them, so sweepers can't share the work";
  const hint =
    "run one sweeper at a time; for an S3 endpoint that honors conditional puts, set its service";
  return { name, status: "warn", detail, hint };
}

async function lookAtLease({ home, store, call }: Examination): Promise<Finding> {
  let isReadable = true;
  const onUnreadable = () => {
    isReadable = false;
  };
  const signal = call.signal ?? new AbortController().signal;
  const place = { ...home, store, leaseKey: leaseKeyOf(home.root), onUnreadable };
  const { state, storeMs, condition } = await readLease(place, signal);
  if (!isReadable) return unreadable(home.root);
  if (condition.if === "absent")
    return { name, status: "ok", detail: "no sweeper has taken it yet" };
  const [holder, ...others] = dropExpired(state, storeMs).holders;
  if (holder === undefined)
    return { name, status: "ok", detail: "no sweeper is at work right now" };
  const more = others.length === 0 ? "" : `, and ${others.length} more`;
  const until = formatInstant(holder.expiresMs);
  return { name, status: "ok", detail: `held by ${holder.owner} until ${until} or longer${more}` };
}

function unreadable(root: string): Finding {
  const detail = `${root}/lease/sweep.json is not a lease`;
  const hint =
    "find out which program wrote it; the next sweep replaces it, and first looks for each due event at its target";
  return { name, status: "warn", detail, hint };
}
