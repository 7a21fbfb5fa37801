import { ObjectStoreError, type PutCondition, type PutOptions } from "@keywhen/core/store";
import { type Fault, others } from "./fault.js";

const WITHOUT = { capabilities: { putIfAbsent: false, putIfVersion: false } };

export const conditionsFaults: readonly Fault[] = [
  { fault: "ignores every condition", breaks: ignoring(() => true) },
  { fault: "ignores if-absent", breaks: ignoring(({ condition }) => condition?.if === "absent") },
  { fault: "ignores if-version", breaks: ignoring(({ condition }) => condition?.if === "version") },
  {
    fault: "ignores if-absent of a stream of unknown size",
    breaks: (store) => ({
      put: (ref, body, options) => {
        const isBlind = !(body instanceof Uint8Array) && options?.size === undefined;
        return store.put(ref, body, isBlind ? { ...options, condition: undefined } : options);
      },
    }),
  },
  {
    fault: "ignores if-absent of a stream of known size",
    breaks: (store) => ({
      put: (ref, body, options) =>
        store.put(ref, body, options?.size ? { ...options, condition: undefined } : options),
    }),
  },
  {
    fault: "looks first and writes then",
    breaks: (store) => ({
      put: async (ref, body, options) => {
        const { condition } = options ?? {};
        const info = await store.head(ref);
        await others();
        if (condition?.if === "absent" && info) return { outcome: "exists" };
        if (condition?.if === "version" && info?.version !== condition.version) {
          return { outcome: "changed" };
        }
        return store.put(ref, body, { ...options, condition: undefined });
      },
    }),
  },
  {
    fault: "lets the second of the racers win as well",
    breaks: (store) => {
      let conditional = 0;
      return {
        put: (ref, body, options) => {
          if (options?.condition) conditional += 1;
          const isSecond = conditional % 32 === 2;
          return store.put(ref, body, isSecond ? { ...options, condition: undefined } : options);
        },
      };
    },
  },
  {
    fault: "throws when a race is lost",
    breaks: (store) => ({
      put: async (ref, body, options) => {
        const put = await store.put(ref, body, options);
        if (put.outcome === "written") return put;
        const message = "precondition failed";
        throw new ObjectStoreError({ ...ref, code: "denied", operation: "put", message });
      },
    }),
  },
  {
    fault: "answers losers that they wrote",
    breaks: (store) => ({
      put: async (ref, body, options) => {
        const put = await store.put(ref, body, options);
        return put.outcome === "written" ? put : { outcome: "written", version: "0" };
      },
    }),
  },
  {
    fault: "remembers a deleted object as taken",
    breaks: (store) => {
      const taken = new Set<string>();
      return {
        put: (ref, body, options) => {
          if (options?.condition?.if === "absent" && taken.has(ref.key)) {
            return Promise.resolve({ outcome: "exists" });
          }
          taken.add(ref.key);
          return store.put(ref, body, options);
        },
      };
    },
  },
  {
    fault: "writes a missing object for any version",
    breaks: (store) => ({
      put: async (ref, body, options) => {
        const isFree = (await store.head(ref)) === undefined;
        const condition = isFree ? undefined : options?.condition;
        return store.put(ref, body, { ...options, condition });
      },
    }),
  },
  {
    fault: "says exists where it should say changed",
    breaks: (store) => ({
      put: async (ref, body, options) => {
        const put = await store.put(ref, body, options);
        return put.outcome === "changed" ? { outcome: "exists" } : put;
      },
    }),
  },
  {
    fault: "doesn't know head's version",
    breaks: (store) => ({
      head: async (ref, call) => {
        const info = await store.head(ref, call);
        return info && { ...info, version: `"${info.version}"` };
      },
    }),
  },
  {
    fault: "writes in spite of a condition that it says it can't honour",
    options: WITHOUT,
    breaks: ignoring(() => true),
  },
  {
    fault: "says exists in spite of a condition that it says it can't honour",
    options: WITHOUT,
    breaks: answering("exists", "absent"),
  },
  {
    fault: "says changed in spite of a condition that it says it can't honour",
    options: WITHOUT,
    breaks: answering("changed", "version"),
  },
];

function ignoring(isIgnored: (options: PutOptions) => boolean): Fault["breaks"] {
  return (store) => ({
    put: (ref, body, options) => {
      const condition = isIgnored(options ?? {}) ? undefined : options?.condition;
      return store.put(ref, body, { ...options, condition });
    },
  });
}

function answering(outcome: "exists" | "changed", to: PutCondition["if"]): Fault["breaks"] {
  return (store) => ({
    put: async (ref, body, options) => {
      if (options?.condition?.if === to) return { outcome };
      return store.put(ref, body, options);
    },
  });
}
