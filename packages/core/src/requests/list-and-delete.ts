import { compareByteOrder } from "../store/key-order.js";
import type {
  DeleteResult,
  ListedObject,
  ListPage,
  ListRequest,
  ObjectRef,
  ObjectStore,
  RequestOptions,
} from "../store/object-store.js";
import { ObjectStoreError } from "../store/object-store-error.js";
import { type RetryPolicy, retry } from "./retry.js";

/** The keys of a bucket that begin with `prefix`, sort after `startAfter` and, if given, before `end`. */
export interface KeyRange {
  readonly bucket: string;
  readonly prefix: string;
  readonly startAfter: string;
  readonly end?: string | undefined;
}

/** Yields a range page by page, each fetched when it is asked for. Throws as `listPage` does. */
export async function* listPages(
  store: ObjectStore,
  { bucket, prefix, startAfter, end }: KeyRange,
  policy: RetryPolicy,
  call: () => RequestOptions = () => ({}),
): AsyncGenerator<readonly ListedObject[], void> {
  let after = startAfter;
  for (let more = true; more; ) {
    const page = await retry(policy, () =>
      listPage(store, { bucket, prefix, startAfter: after }, { ...call(), signal: policy.signal }),
    );
    const { objects } = page;
    after = objects.at(-1)?.key ?? after;
    const isLast = end !== undefined && after >= end;
    yield isLast
      ? objects.slice(
          0,
          objects.findIndex(({ key }) => key >= end),
        )
      : objects;
    more = page.more && !isLast;
  }
}

/**
 * Reads one page of keys. Throws `unexpected` for a page that is not below the prefix, after `startAfter` and in ascending
 * order, or is empty although more follow: if a page does not advance, a listing never ends, and one without order hides
 * what is due.
 */
export async function listPage(
  store: ObjectStore,
  request: ListRequest,
  call?: RequestOptions,
): Promise<ListPage> {
  const page = await store.list(request, call);
  const problem = pageProblem(request, page);
  if (problem === undefined) return page;
  const message = `${problem}. Keep the schedule in another store, or correct this one.`;
  const { bucket, prefix: key } = request;
  const details = { code: "unexpected", undecided: false, operation: "list" } as const;
  throw new ObjectStoreError({ ...details, bucket, key, message });
}

/** Returns why a listing can't continue after this page; `undefined` if it can. */
export function pageProblem(
  { prefix = "", startAfter }: ListRequest,
  { objects, more }: ListPage,
): string | undefined {
  let before = startAfter;
  for (const [index, { key }] of objects.entries()) {
    if (!key.startsWith(prefix))
      return `the page contains ${show(key)}, which does not begin with the prefix ${show(prefix)}`;
    // Most keys are ASCII: JavaScript orders them as bytes, and much faster than a comparison of bytes does.
    if (before !== undefined && !(before < key) && compareByteOrder(before, key) >= 0) {
      return index === 0
        ? `the page after ${show(before)} begins with ${show(key)}, so the listing does not advance: the store ignores where it must start`
        : `the page contains ${show(key)} after ${show(before)}, so it is not in byte order`;
    }
    before = key;
  }
  const isEmpty = objects.length === 0 && more;
  return isEmpty ? "the page is empty, but the store reports that more keys follow" : undefined;
}

const show = (key: string) => JSON.stringify(key);

/** The result for a key for which the store's answer to a delete has none: the delete is undecided. */
export function noDeleteAnswer(ref: ObjectRef): DeleteResult {
  const message =
    "the store's answer has no result for this key: correct the store, its delete() must return one for each key";
  const details = { ...ref, code: "unexpected", operation: "delete", message } as const;
  return { outcome: "failed", error: new ObjectStoreError(details) };
}

/** Deletes one object; throws unless the store confirms it. */
export async function deleteOne(
  store: ObjectStore,
  ref: ObjectRef,
  call: RequestOptions,
): Promise<void> {
  const results = await store.delete(ref.bucket, [ref.key], call);
  const answer = results[0] ?? noDeleteAnswer(ref);
  if (answer.outcome === "failed") throw answer.error;
}
