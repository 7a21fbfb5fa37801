import type { CallContext, ResolvedHome } from "../options/home.js";
import {
  changeShared,
  readShared,
  type SharedChange,
  type SharedObject,
  type SharedReading,
} from "../requests/shared-object.js";
import type { ObjectRef } from "../store/object-store.js";
import { ObjectStoreError } from "../store/object-store-error.js";
import {
  believableLayout,
  type Layout,
  parseLayoutJson,
  UNSHARDED,
  writeLayoutJson,
} from "./layout.js";

/** A layout that has been read, and the store's time of that, or this machine's where the store's answers carry none. */
export interface DatedLayout {
  /** `undefined`: the object is no layout, or one of a later version. */
  readonly layout: Layout | undefined;
  readonly nowMs: number;
}

/** What becomes of a layout that has been read. */
export type LayoutChange<T> = Pick<SharedChange<Layout, T>, "result" | "write">;

const MOST_TRIES = 10;

/** Where the layout of a schedule is stored. */
export function layoutRef({ bucket, root }: Pick<ResolvedHome, "bucket" | "root">): ObjectRef {
  return { bucket, key: `${root}/layout.json` };
}

/** Reads the layout unchanged: one GET. A missing layout means that there are no shards. */
export async function readLayoutObject(context: CallContext): Promise<Layout | undefined> {
  const { state } = await readShared(layoutObject(context), context.signal);
  return state;
}

/** Reads the layout and the time: one GET. Throws if the object is no layout. */
export async function readDatedLayout(
  context: CallContext,
): Promise<DatedLayout & { readonly layout: Layout }> {
  const { layout, nowMs } = toDated(
    context,
    await readShared(layoutObject(context), context.signal),
  );
  if (layout === undefined) throw unreadableLayout(context);
  return { layout, nowMs };
}

/** Changes the layout as `decide` says, against other writers (`changeShared`). */
export function changeLayout<T>(
  context: CallContext,
  decide: (reading: DatedLayout) => Promise<LayoutChange<T>>,
): Promise<T> {
  const decideDated = (reading: SharedReading<Layout>) => decide(toDated(context, reading));
  return changeShared(layoutObject(context), decideDated, context.signal);
}

function layoutObject({ store, clock, random, ...home }: ResolvedHome): SharedObject<Layout> {
  return {
    store,
    clock,
    random,
    ref: layoutRef(home),
    missing: UNSHARDED,
    parse: parseLayoutJson,
    format: writeLayoutJson,
    mostTries: MOST_TRIES,
  };
}

function toDated({ clock }: ResolvedHome, { state, storeMs }: SharedReading<Layout>): DatedLayout {
  const nowMs = storeMs ?? clock.now();
  return { layout: state && believableLayout(state, nowMs), nowMs };
}

/** Only the layout says where events are. */
export function unreadableLayout(home: ResolvedHome): ObjectStoreError {
  return new ObjectStoreError({
    ...layoutRef(home),
    code: "unexpected",
    operation: "get",
    undecided: false,
    message: "this version cannot read it: update keywhen, or write it again with setShards()",
  });
}
