import { ObjectStoreError, type PutCondition, type PutOptions } from "@keywhen/core/store";
import { type Break, type Faults, given, heading, others, putting } from "./fault.js";

const WITHOUT = { capabilities: { putIfAbsent: false, putIfVersion: false } };

export const conditionsFaults: Faults = {
  "ignores every condition": ignoring(() => true),
  "ignores if-absent": ignoring(({ condition }) => condition?.if === "absent"),
  "ignores if-version": ignoring(({ condition }) => condition?.if === "version"),
  "ignores if-absent of a stream of unknown size": putting((store, ref, body, options) => {
    const isBlind = !(body instanceof Uint8Array) && options?.size === undefined;
    return store.put(ref, body, isBlind ? { ...options, condition: undefined } : options);
  }),
  "ignores if-absent of a stream of known size": putting((store, ref, body, options) =>
    store.put(ref, body, options?.size ? { ...options, condition: undefined } : options),
  ),
  "looks first and writes then": putting(async (store, ref, body, options) => {
    const { condition } = options ?? {};
    const info = await store.head(ref);
    await others();
    if (condition?.if === "absent" && info) return { outcome: "exists" };
    if (condition?.if === "version" && info?.version !== condition.version) {
      return { outcome: "changed" };
    }
    return store.put(ref, body, { ...options, condition: undefined });
  }),
  "lets the second of the racers win as well": (store) => {
    let conditional = 0;
    return {
      put: (ref, body, options) => {
        if (options?.condition) conditional += 1;
        const isSecond = conditional % 32 === 2;
        return store.put(ref, body, isSecond ? { ...options, condition: undefined } : options);
      },
    };
  },
  "throws when a race is lost": putting(async (store, ref, body, options) => {
    const put = await store.put(ref, body, options);
    if (put.outcome === "written") return put;
    const message = "precondition failed";
    throw new ObjectStoreError({ ...ref, code: "denied", operation: "put", message });
  }),
  "answers losers that they wrote": putting(async (store, ref, body, options) => {
    const put = await store.put(ref, body, options);
    return put.outcome === "written" ? put : { outcome: "written", version: "0" };
  }),
  "remembers a deleted object as taken": (store) => {
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
  "writes a missing object for any version": putting(async (store, ref, body, options) => {
    const isFree = (await store.head(ref)) === undefined;
    const condition = isFree ? undefined : options?.condition;
    return store.put(ref, body, { ...options, condition });
  }),
  "says exists where it should say changed": putting(async (store, ref, body, options) => {
    const put = await store.put(ref, body, options);
    return put.outcome === "changed" ? { outcome: "exists" } : put;
  }),
  "doesn't know head's version": heading(async (store, ref, call) => {
    const info = await store.head(ref, call);
    return info && { ...info, version: `"${info.version}"` };
  }),
  "writes in spite of a condition that it says it can't honor": given(
    WITHOUT,
    ignoring(() => true),
  ),
  "says exists in spite of a condition that it says it can't honor": given(
    WITHOUT,
    answering("exists", "absent"),
  ),
  "says changed in spite of a condition that it says it can't honor": given(
    WITHOUT,
    answering("changed", "version"),
  ),
};

function ignoring(isIgnored: (options: PutOptions) => boolean): Break {
  return putting((store, ref, body, options) => {
    const condition = isIgnored(options ?? {}) ? undefined : options?.condition;
    return store.put(ref, body, { ...options, condition });
  });
}

function answering(outcome: "exists" | "changed", to: PutCondition["if"]): Break {
  return putting(async (store, ref, body, options) => {
    if (options?.condition?.if === to) return { outcome };
    return store.put(ref, body, options);
  });
}
