import type { ObjectStore, OpenObject } from "@keywhen/core/store";
import { memoryStore } from "@keywhen/core/testing";
import { clock, found, without } from "./doctor-findings.js";
import { framed, type Messages } from "./expect-messages.js";

const PROBE = { probe: true } as const;
const plain = memoryStore({ clock });
const isAt = (key: string, name: string) => key.endsWith(`/${name}`);

/** Answers the puts of one probe: those with a condition as it says, and every other one as the store does. */
function puts(
  name: string,
  answer: (count: number) => "written" | "exists" | "changed",
): Partial<ObjectStore> {
  let count = 0;
  return {
    put: async (ref, body, options) => {
      if (!isAt(ref.key, name)) return plain.put(ref, body, options);
      const outcome = answer(count++);
      return outcome === "written" ? { outcome, version: "v" } : { outcome };
    },
    get: plain.get,
    head: plain.head,
    copy: plain.copy,
    list: plain.list,
    delete: plain.delete,
  };
}

const headed = (name: string, changes: object): Partial<ObjectStore> => {
  const store = memoryStore({ clock });
  return {
    ...store,
    head: async (ref) => {
      const info = await store.head(ref);
      return info !== undefined && isAt(ref.key, name) ? { ...info, ...changes } : info;
    },
  };
};

/** What a probe finds. */
const probed = (name: string, changes: Partial<ObjectStore>) => found(name, changes, PROBE);

export const PROBES: Messages = {
  ...framed(
    (what) =>
      `⟦not declared⟧: ${what}; if the store's documentation promises them, declare them and run this check again`,
    {
      "no event can have a chosen delivery id": probed(
        "put if absent",
        without({ putIfAbsent: false }),
      ),
      "sweepers can't share the work by a lease": probed(
        "put if version",
        without({ putIfVersion: false }),
      ),
    },
  ),
  ...framed(
    (wrong) =>
      `${wrong}; declare the store without it; otherwise keywhen breaks its promises without an error`,
    {
      "⟦an existing key⟧ was written again": probed(
        "put if absent",
        puts("absent", (count) => (count % 8 === 0 ? "written" : "exists")),
      ),
      "⟦a plain put⟧ was not written": probed(
        "put if version",
        puts("version", () => "exists"),
      ),
      "⟦an old version⟧ was accepted as the newest": probed(
        "put if version",
        puts("version", (count) => (count === 0 || count % 8 === 1 ? "written" : "changed")),
      ),
    },
  ),
  ...framed((wrong) => `${wrong}; keep the schedule in another store`, {
    'a put without a condition answers ⟦"exists"⟧': probed(
      "put",
      puts("source", () => "exists"),
    ),
    "⟦the object just written⟧ is missing": probed("get", {
      get: async (ref, call) => (isAt(ref.key, "source") ? undefined : plain.get(ref, call)),
    }),
    "22 bytes were written, ⟦3⟧ different bytes were read": probed("get", {
      get: async () => openedOf("abc"),
    }),
    'a copy of an existing object answers ⟦"source-gone"⟧': probed("copy", {
      copy: async () => ({ outcome: "source-gone" }),
    }),
    "⟦a copy⟧ was confirmed but is missing": probed("copy", {
      copy: async () => ({ outcome: "copied" }),
    }),
    "a copy with new metadata has the metadata of ⟦kept⟧": probed(
      "copy",
      headed("copy-with-metadata", { metadata: { "keywhen-probe": "kept" } }),
    ),
    "a copy loses ⟦its content type or cache control⟧": probed(
      "copy",
      headed("copy", { cacheControl: undefined }),
    ),
    "the delete was confirmed, but ⟦the object still exists⟧": probed("delete", {
      delete: async (_, keys) => keys.map(() => ({ outcome: "gone" })),
    }),
  }),
};

export const FINE_PROBES: Messages = {
  "byte order, from any key": probed("list order", {}),
  "returns the written bytes": probed("get", {}),
  "keeps headers, keeps or replaces metadata": probed("copy", {}),
  "⟦keywhen/probe/⟧ is empty again": probed("clean-up", {}),
};

function openedOf(text: string): OpenObject | undefined {
  const { body } = new Response(text);
  if (body === null) return undefined;
  const none = { contentType: undefined, contentEncoding: undefined, cacheControl: undefined };
  const info = { size: text.length, lastModified: new Date(0), version: "v", metadata: {} };
  return { ...none, ...info, body };
}
