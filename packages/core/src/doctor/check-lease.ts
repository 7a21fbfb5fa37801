import { canLease } from "../lease/can-lease.js";
import { readLease } from "../lease/lease-object.js";
import { withoutDead } from "../lease/lease-state.js";
import { formatInstant } from "../time/instant.js";
import { type Examination, toleratedFinding } from "./examination.js";
import type { Finding } from "./finding.js";

const name = "lease";

/** Who sweeps, and whether the lease can be read at all. */
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
  const { state, storeMs, condition } = await readLease({ ...home, store, onUnreadable }, signal);
  if (!isReadable) return unreadable(home.root);
  if (condition.if === "absent") return { name, status: "ok", detail: "no sweeper took it so far" };
  const [holder, ...others] = withoutDead(state, storeMs).holders;
  if (holder === undefined) return { name, status: "ok", detail: "nobody sweeps right now" };
  const more = others.length === 0 ? "" : `, and ${others.length} more`;
  const until = formatInstant(holder.expiresMs);
  return { name, status: "ok", detail: `held by ${holder.owner} until ${until} or longer${more}` };
}

function unreadable(root: string): Finding {
  const detail = `${root}/lease/sweep.json is no lease`;
  const hint =
    "find out who wrote it; the next sweep writes it anew and looks for each due event first";
  return { name, status: "warn", detail, hint };
}
