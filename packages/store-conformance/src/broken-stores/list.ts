import type { ListedObject, ListPage, ListRequest, ObjectStore } from "@keywhen/core/store";
import { type Break, type Faults, listing } from "./fault.js";

export const listFaults: Faults = {
  "lists backwards": showing((objects) => objects.toReversed()),
  "lists folder by folder": showing((objects) => objects.toSorted(byFolder)),
  "lists without regard to case": showing((objects) =>
    objects.toSorted((one, other) => (fold(one) < fold(other) ? -1 : 1)),
  ),
  "loses the last key of a page": showing((objects) => objects.slice(0, -1)),
  "lists keys twice": showing((objects) => objects.flatMap((one) => [one, one])),
  "shows neighbours of the prefix": asking(({ prefix, ...rest }) => ({
    ...rest,
    prefix: prefix?.slice(0, -1),
  })),
  "takes the prefix for a folder": asking(({ prefix, ...rest }) => ({
    ...rest,
    prefix: prefix?.replace(/\/?$/, "/"),
  })),
  "begins with the key that it should start after": asking(({ startAfter, ...rest }) => ({
    ...rest,
    startAfter: startAfter?.replace(/.$/, (last) =>
      String.fromCharCode(last.charCodeAt(0) - 1).concat("\uffff"),
    ),
  })),
  "begins at the start if the key to start after isn't there": listing(
    async (store, page, call) => {
      const { bucket, startAfter = "" } = page;
      const isThere = startAfter !== "" && (await store.head({ bucket, key: startAfter }));
      return store.list({ ...page, startAfter: isThere ? startAfter : undefined }, call);
    },
  ),
  "gives the first page forever": listing(async (store, page, call) => {
    const first = await store.list({ ...page, startAfter: undefined }, call);
    return { ...first, more: first.more || page.startAfter !== undefined };
  }),
  "lists letters with accents next to those without": showing((objects) =>
    objects.toSorted((one, other) => (plain(one) < plain(other) ? -1 : 1)),
  ),
  "sorts by UTF-16 units and starts by UTF-8 bytes": listing(
    async (store, { limit = 1_000, ...page }) => {
      const { objects } = await listAll(store, page);
      const sorted = objects.toSorted((one, other) => (one.key < other.key ? -1 : 1));
      const count = Math.min(limit, 1_000);
      return { objects: sorted.slice(0, count), more: sorted.length > count };
    },
  ),
  "ignores where to start": asking((page) => ({ ...page, startAfter: undefined })),
  "ignores the limit": asking((page) => ({ ...page, limit: undefined })),
  "gives one more than the limit": asking((page) => ({
    ...page,
    limit: page.limit && page.limit + 1,
  })),
  "gives more than a thousand": listing(async (store, page, call) => {
    if (page.limit !== undefined && page.limit <= 1_000) return store.list(page, call);
    return listAll(store, page);
  }),
  "says that there is no more when there is": paging((page) => ({ ...page, more: false })),
  "always says that there is more": paging((page) => ({ ...page, more: true })),
  "gives an empty page while there is more": (store) => {
    let calls = 0;
    return {
      list: async (page, call) => {
        calls += 1;
        if (page.limit === 7 && calls % 3 === 0) return { objects: [], more: true };
        return store.list(page, call);
      },
    };
  },
  "pages by position": (store) => {
    const positions = new Map<string, number>();
    return {
      list: async (page, call) => {
        if (page.limit === undefined || page.limit > 1_000) return store.list(page, call);
        const at = positions.get(page.startAfter ?? "") ?? 0;
        const all = (await listAll(store, { ...page, startAfter: undefined })).objects;
        const objects = all.slice(at, at + page.limit);
        positions.set(objects.at(-1)?.key ?? "", at + page.limit);
        return { objects, more: at + page.limit < all.length };
      },
    };
  },
  "lists what was there a while ago": (store) => {
    const known = new Map<string, ListPage>();
    return {
      list: async (page, call) => {
        const stale = known.get(JSON.stringify(page)) ?? (await store.list(page, call));
        known.set(JSON.stringify(page), stale);
        return stale;
      },
    };
  },
  "lists sizes of 0": showing((objects) => objects.map((one) => ({ ...one, size: 0 }))),
  "lists times of 1970": showing((objects) =>
    objects.map((one) => ({ ...one, lastModified: new Date(0) })),
  ),
  "lists both buckets as one": listing(async (store, page, call) => {
    const here = await store.list({ ...page, bucket: "first" }, call);
    const there = await store.list({ ...page, bucket: "second" }, call);
    return { objects: [...here.objects, ...there.objects], more: here.more || there.more };
  }),
};

function paging(change: (page: ListPage) => ListPage): Break {
  return listing(async (store, page, call) => change(await store.list(page, call)));
}

function showing(change: (objects: readonly ListedObject[]) => ListedObject[]): Break {
  return paging((page) => ({ ...page, objects: change(page.objects) }));
}

function asking(change: (page: ListRequest) => ListRequest): Break {
  return listing((store, page, call) => store.list(change(page), call));
}

async function listAll(store: ObjectStore, page: ListRequest): Promise<ListPage> {
  const objects: ListedObject[] = [];
  for (let isMore = true, startAfter = page.startAfter; isMore; startAfter = objects.at(-1)?.key) {
    const next = await store.list({ ...page, startAfter, limit: 1_000 });
    objects.push(...next.objects);
    isMore = next.more;
  }
  return { objects, more: false };
}

function byFolder(one: ListedObject, other: ListedObject): number {
  const [left, right] = [one.key.split("/"), other.key.split("/")];
  const at = left.findIndex((part, index) => part !== right[index]);
  return (left[at] ?? "") < (right[at] ?? "") ? -1 : 1;
}

function plain({ key }: ListedObject): string {
  return key.normalize("NFD").replace(/\p{M}/gu, "");
}

function fold({ key }: ListedObject): string {
  return key.toLowerCase();
}
