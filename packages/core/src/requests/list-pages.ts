import type { ListedObject, ObjectStore, StoreCall } from "../store/object-store.js";
import { listPage } from "./list-page.js";
import { type RetryPolicy, retry } from "./retry.js";

/** The keys of a bucket that begin with `prefix`, sort after `startAfter` and, if given, before `end`. */
export interface KeyRange {
  readonly bucket: string;
  readonly prefix: string;
  readonly startAfter: string;
  readonly end?: string | undefined;
}

/**
 * The objects of a range in key order, page by page, each fetched when it is asked for, with what `call` adds. Throws
 * `unexpected` for a page that does not advance or has no order.
 */
export async function* listPages(
  store: ObjectStore,
  { bucket, prefix, startAfter, end }: KeyRange,
  policy: RetryPolicy,
  call: () => StoreCall = () => ({}),
): AsyncGenerator<readonly ListedObject[], void> {
  let after = startAfter;
  for (let more = true; more; ) {
    const page = await retry(policy, () =>
      listPage(store, { bucket, prefix, startAfter: after }, { ...call(), signal: policy.signal }),
    );
    const cut = end === undefined ? -1 : page.objects.findIndex(({ key }) => key >= end);
    yield cut < 0 ? page.objects : page.objects.slice(0, cut);
    after = page.objects.at(-1)?.key ?? after;
    more = page.more && cut < 0;
  }
}
