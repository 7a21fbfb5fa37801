import {
  type ClockReading,
  noDeleteAnswer,
  readingOf,
  type Schedule,
} from "@keywhen/core/internal";
import {
  type Finding,
  isStoreError,
  type ObjectRef,
  type ObjectStore,
  type ObjectStoreError,
  type RequestOptions,
} from "@keywhen/core/store";

/** What the checks of one examination use. */
export interface Examination {
  readonly home: Schedule;
  readonly store: ObjectStore;
  /** The options of every request. */
  readonly call: RequestOptions;
  readonly readings: readonly ClockReading[];
  /** Runs a request and reads the store's clock in its answer. */
  timed<T>(send: (call: RequestOptions) => Promise<T>): Promise<{ result: T; tookMs: number }>;
  /** Returns an object for a probe. It is deleted at the end. */
  probe(name: string): ObjectRef;
  /** Every object that a check may have written. */
  readonly probed: readonly string[];
}

export function createExamination(
  home: Schedule,
  store: ObjectStore,
  signal: AbortSignal | undefined,
): Examination {
  const { clock, bucket, root } = home;
  const readings: ClockReading[] = [];
  const probed = new Set<string>();
  // Random, so that two examinations can run at the same time.
  const folder = `${root}/probe/${hex(home.random(6))}/`;
  return {
    home,
    store,
    call: { signal },
    readings,
    get probed() {
      return [...probed];
    },
    probe(name) {
      probed.add(folder + name);
      return { bucket, key: folder + name };
    },
    async timed(send) {
      const startedMs = clock.monotonic();
      const reading = readingOf(clock, (read) => readings.push(read));
      const result = await send({ signal, ...reading });
      return { result, tookMs: clock.monotonic() - startedMs };
    },
  };
}

/** Runs a check. An error of the store is a finding. */
export async function finding(name: string, check: () => Promise<Finding>): Promise<Finding> {
  try {
    return await check();
  } catch (error) {
    if (!isStoreError(error) || error.code === "aborted") throw error;
    return { name, status: "fail", detail: error.message, hint: hintOf(error) };
  }
}

/** Runs a check whose failure is only a warning, because this caller may lack a permission that sweepers have. */
export async function toleratedFinding(
  name: string,
  check: () => Promise<Finding>,
): Promise<Finding> {
  const found = await finding(name, check);
  return found.status === "fail" ? { ...found, status: "warn" } : found;
}

/** Deletes what the probes wrote, even after the caller's abort. */
export function cleanUp({ store, home, probed }: Examination): Promise<Finding> {
  const name = "clean-up";
  return finding(name, async () => {
    const { deleteBatchSize } = store.capabilities;
    for (let at = 0; at < probed.length; at += deleteBatchSize) {
      const keys = probed.slice(at, at + deleteBatchSize);
      const results = await store.delete(home.bucket, keys);
      for (const [index, key] of keys.entries()) {
        const answer = results[index] ?? noDeleteAnswer({ bucket: home.bucket, key });
        if (answer.outcome === "failed") throw answer.error;
      }
    }
    return { name, status: "ok", detail: `${home.root}/probe/ is empty again` };
  });
}

function hintOf({ code, operation, bucket }: ObjectStoreError): string {
  switch (code) {
    case "denied":
      return `grant this identity the permission to ${operation} in bucket ${bucket}`;
    case "unauthenticated":
      return "provide, correct or renew the credentials";
    case "no-such-bucket":
      return `correct the bucket's name or the store URL, or create bucket ${bucket}`;
    case "not-supported":
      return "keep the schedule in another store";
    case "throttled":
      return "run it again when the store is less busy";
    case "unavailable":
      return "check the network and the store's address";
    default:
      return "run it again; if it fails again, report it with this line";
  }
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
