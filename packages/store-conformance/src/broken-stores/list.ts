import type { ListedObject, ListPage, ListRequest, ObjectStore } from "@keywhen/core/store";
import type { Fault } from "./fault.js";

export const listFaults: readonly Fault[] = [
  { fault: "lists backwards", breaks: listing((objects) => objects.toReversed()) },
  { fault: "lists folder by folder", breaks: listing((objects) => objects.toSorted(byFolder)) },
  {
    fault: "lists without regard to case",
    breaks: listing((objects) =>
      objects.toSorted((one, other) => (fold(one) < fold(other) ? -1 : 1)),
    ),
  },
  { fault: "loses the last key of a page", breaks: listing((objects) => objects.slice(0, -1)) },
  { fault: "lists keys twice", breaks: listing((objects) => objects.flatMap((one) => [one, one])) },
  {
    fault: "shows neighbours of the prefix",
    breaks: asking(({ prefix, ...rest }) => ({ ...rest, prefix: prefix?.slice(0, -1) })),
  },
  {
    fault: "takes the prefix for a folder",
    breaks: asking(({ prefix, ...rest }) => ({ ...rest, prefix: prefix?.replace(/\/?$/, "/") })),
  },
  {
    fault: "begins with the key that it should start after",
    breaks: asking(({ startAfter, ...rest }) => ({
      ...rest,
      startAfter: startAfter?.replace(/.$/, (last) =>
        String.fromCharCode(last.charCodeAt(0) - 1).concat("\uffff"),
      ),
    })),
  },
  {
    fault: "begins at the start if the key to start after isn't there",
    breaks: (store) => ({
      list: async (page, call) => {
        const { bucket, startAfter = "" } = page;
        const isThere = startAfter !== "" && (await store.head({ bucket, key: startAfter }));
        return store.list({ ...page, startAfter: isThere ? startAfter : undefined }, call);
      },
    }),
  },
  {
    fault: "gives the first page forever",
    breaks: (store) => ({
      list: async (page, call) => {
        const first = await store.list({ ...page, startAfter: undefined }, call);
        return { ...first, more: first.more || page.startAfter !== undefined };
      },
    }),
  },
  {
    fault: "lists letters with accents next to those without",
    breaks: listing((objects) =>
      objects.toSorted((one, other) => (plain(one) < plain(other) ? -1 : 1)),
    ),
  },
  {
    fault: "sorts by UTF-16 units and starts by UTF-8 bytes",
    breaks: (store) => ({
      list: async ({ limit = 1_000, ...page }) => {
        const { objects } = await listAll(store, page);
        const sorted = objects.toSorted((one, other) => (one.key < other.key ? -1 : 1));
        const count = Math.min(limit, 1_000);
        return { objects: sorted.slice(0, count), more: sorted.length > count };
      },
    }),
  },
  {
    fault: "ignores where to start",
    breaks: asking((page) => ({ ...page, startAfter: undefined })),
  },
  { fault: "ignores the limit", breaks: asking((page) => ({ ...page, limit: undefined })) },
  {
    fault: "gives one more than the limit",
    breaks: asking((page) => ({ ...page, limit: page.limit && page.limit + 1 })),
  },
  {
    fault: "gives more than a thousand",
    breaks: (store) => ({
      list: async (page, call) => {
        if (page.limit !== undefined && page.limit <= 1_000) return store.list(page, call);
        return listAll(store, page);
      },
    }),
  },
  {
    fault: "says that there is no more when there is",
    breaks: paging((page) => ({ ...page, more: false })),
  },
  {
    fault: "always says that there is more",
    breaks: paging((page) => ({ ...page, more: true })),
  },
  {
    fault: "gives an empty page while there is more",
    breaks: (store) => {
      let calls = 0;
      return {
        list: async (page, call) => {
          calls += 1;
          if (page.limit === 7 && calls % 3 === 0) return { objects: [], more: true };
          return store.list(page, call);
        },
      };
    },
  },
  {
    fault: "pages by position",
    breaks: (store) => {
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
  },
  {
    fault: "lists what was there a while ago",
    breaks: (store) => {
      const known = new Map<string, ListPage>();
      return {
        list: async (page, call) => {
          const stale = known.get(JSON.stringify(page)) ?? (await store.list(page, call));
          known.set(JSON.stringify(page), stale);
          return stale;
        },
      };
    },
  },
  {
    fault: "lists sizes of 0",
    breaks: listing((objects) => objects.map((one) => ({ ...one, size: 0 }))),
  },
  {
    fault: "lists times of 1970",
    breaks: listing((objects) => objects.map((one) => ({ ...one, lastModified: new Date(0) }))),
  },
  {
    fault: "lists both buckets as one",
    breaks: (store) => ({
      list: async (page, call) => {
        const here = await store.list({ ...page, bucket: "first" }, call);
        const there = await store.list({ ...page, bucket: "second" }, call);
        return { objects: [...here.objects, ...there.objects], more: here.more || there.more };
      },
    }),
  },
];

function paging(change: (page: ListPage) => ListPage): Fault["breaks"] {
  return (store) => ({ list: async (page, call) => change(await store.list(page, call)) });
}

function listing(change: (objects: readonly ListedObject[]) => ListedObject[]): Fault["breaks"] {
  return paging((page) => ({ ...page, objects: change(page.objects) }));
}

function asking(change: (page: ListRequest) => ListRequest): Fault["breaks"] {
  return (store) => ({ list: (page, call) => store.list(change(page), call) });
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
