import { FIRST_INSTANT_MS } from "../time/instant.js";
import type { Layout, NumberInUse } from "./layout.js";

/** Numbers are announced minutes ahead: an instant beyond this is a mistake. */
const FARTHEST_MS = 86_400_000;

/**
 * The layout without numbers that begin days ahead, which would keep a number from being set or dropped until then. They
 * stay as numbers of the past: events may be in their shards, so sweepers look there until they are dropped.
 */
export function believableLayout(layout: Layout, nowMs: number): Layout {
  const believed = layout.numbers.filter(({ fromMs }) => fromMs <= nowMs + FARTHEST_MS);
  if (believed.length === layout.numbers.length) return layout;
  const kept = layout.numbers
    .filter(({ shards }) => !believed.some((number) => number.shards === shards))
    .map(({ shards }): NumberInUse => ({ shards, fromMs: FIRST_INSTANT_MS }));
  const hasBegun = believed.some(({ fromMs }) => fromMs <= nowMs);
  const none = { shards: 0, fromMs: FIRST_INSTANT_MS + 1 };
  return { numbers: [...kept, ...(hasBegun ? [] : [none]), ...believed] };
}
