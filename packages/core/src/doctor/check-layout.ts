import { type Layout, shardCount, shardsAt, withNumber } from "../layout/layout.js";
import { layoutRef, readLayoutObject } from "../layout/layout-object.js";
import { placeAt } from "../layout/place-at.js";
import { canShard, MOST_SHARDS } from "../layout/shard.js";
import { listPage } from "../requests/list-page.js";
import { formatInstant } from "../time/instant.js";
import { type Examination, finding } from "./examination.js";
import type { Finding } from "./finding.js";

const name = "layout";

/** Into how many shards events are put, and whether some lie where no sweeper looks. */
export async function checkLayout(examination: Examination): Promise<Finding | undefined> {
  if (!canShard(examination.home.codec)) return undefined;
  return finding(name, async () => {
    const { home, store, call } = examination;
    const { layout } = await readLayoutObject({ ...home, store }, call);
    if (layout === undefined) return unreadable(examination);
    const known = home.shards === "layout" ? layout : withNumber(layout, home.shards);
    const stray = await findStray(examination, known);
    return stray === undefined ? describe(layout, home.clock.now()) : strays(stray);
  });
}

function describe(layout: Layout, nowMs: number): Finding {
  const used = shardsAt(layout, nowMs);
  const others = layout.numbers.flatMap(({ shards, fromMs }) => {
    if (fromMs > nowMs) return [`${shards} from ${formatInstant(fromMs)} on`];
    return shards === used || shards === 0 ? [] : [`events of ${shards} still looked for`];
  });
  const now = used === 0 ? "no shards" : `${used} shards`;
  return { name, status: "ok", detail: [now, ...others].join(", ") };
}

/** The first key behind all shards that sweepers list. */
async function findStray(
  { home, store, call }: Examination,
  layout: Layout,
): Promise<string | undefined> {
  const count = shardCount(layout);
  if (count === MOST_SHARDS) return undefined;
  const prefix = home.pendingPrefix.replace(/\/$/, ".");
  const startAfter = placeAt(home, count).pendingPrefix;
  const page = { bucket: home.bucket, prefix, startAfter, limit: 1 };
  const { objects } = await listPage(store, page, call);
  return objects[0]?.key;
}

function strays(key: string): Finding {
  const detail = `${key} lies in a shard that no sweeper lists`;
  const hint = "set the number that its writer was told: keywhen shards set";
  return { name, status: "fail", detail, hint };
}

function unreadable({ home }: Examination): Finding {
  const detail = `${layoutRef(home).key} is no layout, or a later version's`;
  const hint =
    "sweepers look into all 256 shards meanwhile; install the newest keywhen, or write it anew: keywhen shards set";
  return { name, status: "fail", detail, hint };
}
