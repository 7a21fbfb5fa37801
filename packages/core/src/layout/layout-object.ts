import type { ResolvedHome } from "../options/home.js";
import {
  changeShared,
  readShared,
  type SharedChange,
  type SharedObject,
  type SharedReading,
} from "../requests/shared-object.js";
import type { ObjectRef } from "../store/object-store.js";
import { ObjectStoreError } from "../store/object-store-error.js";
import { believableLayout } from "./believable-layout.js";
import { type Layout, UNSHARDED } from "./layout.js";
import { parseLayoutJson, writeLayoutJson } from "./layout-json.js";

/** A layout that has been read, and the store's time of that, or this machine's where the store tells none. */
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

/** Reads the layout as it is written: one GET. */
export async function readLayoutObject(
  home: ResolvedHome,
  { signal }: { readonly signal?: AbortSignal | undefined },
): Promise<Pick<DatedLayout, "layout">> {
  const { state } = await readShared(layoutObject(home), signal);
  return { layout: state };
}

/** Reads the layout and the time: one GET. A missing layout means that there are no shards. */
export async function readDatedLayout(
  home: ResolvedHome,
  signal: AbortSignal | undefined,
): Promise<DatedLayout> {
  return toDated(home, await readShared(layoutObject(home), signal));
}

/** Changes the layout as `decide` says, against other writers (`changeShared`). */
export function changeLayout<T>(
  home: ResolvedHome,
  decide: (reading: DatedLayout) => Promise<LayoutChange<T>>,
  signal: AbortSignal | undefined,
): Promise<T> {
  return changeShared(layoutObject(home), (reading) => decide(toDated(home, reading)), signal);
}

function layoutObject({ store, clock, random, ...place }: ResolvedHome): SharedObject<Layout> {
  return {
    store,
    clock,
    random,
    ref: layoutRef(place),
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

/** Without the layout nothing says where events are. */
export function unreadableLayout(home: ResolvedHome): ObjectStoreError {
  return new ObjectStoreError({
    ...layoutRef(home),
    code: "unexpected",
    operation: "get",
    undecided: false,
    message: "this version cannot read it: update keywhen, or write it again with setShards()",
  });
}
