import type { ResolvedHome } from "../options/home.js";
import { readSmallText } from "../requests/read-small-text.js";
import { retry } from "../requests/retry.js";
import type { ObjectRef, PutCondition, StoreCall } from "../store/object-store.js";
import { ObjectStoreError } from "../store/object-store-error.js";
import { type Layout, UNSHARDED } from "./layout.js";
import { parseLayoutJson } from "./layout-json.js";

/** What one read of the layout object says. */
export interface LayoutReading {
  /** `undefined`: the object is no layout, or one of a later version. */
  readonly layout: Layout | undefined;
  /** Under which a put replaces exactly what was read. */
  readonly condition: PutCondition;
}

/** Where the layout of a home lies. */
export function layoutRef({ bucket, root }: Pick<ResolvedHome, "bucket" | "root">): ObjectRef {
  return { bucket, key: `${root}/layout.json` };
}

/** Reads the layout: one GET. A missing one says that there are no shards. */
export function readLayoutObject(
  home: ResolvedHome,
  call: Pick<StoreCall, "signal" | "onDate">,
): Promise<LayoutReading> {
  const ref = layoutRef(home);
  const { signal } = call;
  return retry({ ...home, signal }, async () => {
    const opened = await home.store.get(ref, call);
    if (opened === undefined) return { layout: UNSHARDED, condition: { if: "absent" } };
    const text = await readSmallText(home.clock, ref, opened, signal);
    const condition = { if: "version", version: opened.version } as const;
    return { layout: parseLayoutJson(text), condition };
  });
}

/** Whoever can't read the layout can't tell where events are. */
export function unreadableLayout(home: ResolvedHome): ObjectStoreError {
  return new ObjectStoreError({
    ...layoutRef(home),
    code: "unexpected",
    operation: "get",
    undecided: false,
    message: "it is no layout that this version can read; keywhen doctor tells what to do",
  });
}
