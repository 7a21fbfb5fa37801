import {
  type Body,
  type DeleteResult,
  type ObjectRef,
  type ObjectStore,
  ObjectStoreError,
  type PutCondition,
  type RequestKind,
  type RequestOptions,
} from "@keywhen/core/store";
import type { Activity } from "../activity.js";
import type { Fate } from "../faults.js";
import type { Profile } from "../profiles.js";
import type { VirtualTime } from "../virtual-time.js";
import { type Execution, storeDate } from "./execute.js";
import type { Answer, StoreRequest } from "./store-request.js";

export interface Network {
  readonly time: VirtualTime;
  readonly profile: Profile;
  readonly execution: Execution;
  fateOf(activity: Activity, kind: RequestKind): Fate;
  /** What befalls a put of this key in any case. */
  fateOfPut(key: string): Partial<Fate> | undefined;
  nextNumber(): number;
  sent(request: StoreRequest): void;
  execute<T>(request: StoreRequest, act: () => T): T;
  /** Its sender has given it up in time: it will not be carried out. */
  vanished(request: StoreRequest): void;
  answered(request: StoreRequest): void;
  /** The other answer of a conditional put that met another one, if any. */
  raced(request: StoreRequest, outcome: string, condition: PutCondition): Race;
}

export type Race = "conflict" | "unavailable" | undefined;

/** What one request asks, and how to do it. */
interface Asked<T> {
  readonly kind: RequestKind;
  readonly bucket: string;
  readonly keys: readonly string[];
  readonly source?: ObjectRef;
  readonly call: RequestOptions | undefined;
  readonly mayBeRepeat?: boolean | undefined;
  /** What befalls it in any case. */
  readonly fate?: Partial<Fate> | undefined;
  readonly act: (request: StoreRequest) => T;
}

/** The simulated store as one process sees it. */
export function connect(network: Network, activity: () => Activity): ObjectStore {
  const { execution, profile } = network;
  const ask = <T>(asked: Asked<T>) => send(network, activity(), asked);
  const transfer =
    (kind: "copy" | "move"): ObjectStore["copy"] =>
    (source, target, options) =>
      ask({
        kind,
        bucket: target.bucket,
        keys: [target.key],
        source,
        call: options,
        act: () => execution.copy(kind, source, target, options?.metadata),
      });
  return {
    capabilities: profile.capabilities,
    put: async (ref, body, options = {}) => {
      const bytes = body instanceof Uint8Array ? body : await readAll(body);
      return ask({
        ...at("put", ref, options),
        fate: network.fateOfPut(ref.key),
        act: (request) => {
          const result = execution.put(ref, bytes, options);
          const race =
            options.condition && network.raced(request, result.outcome, options.condition);
          if (race !== undefined) throw failure(request, race, "another put is under way");
          return result;
        },
      });
    },
    head: (ref, call) => ask({ ...at("head", ref, call), act: () => execution.head(ref) }),
    get: (ref, call) => ask({ ...at("get", ref, call), act: () => execution.get(ref) }),
    list: (page, call) =>
      ask({
        ...at("list", { bucket: page.bucket, key: page.prefix ?? "" }, call),
        act: () => execution.list(page),
      }),
    copy: transfer("copy"),
    delete: (bucket, keys, call) =>
      ask({
        kind: "delete",
        bucket,
        keys,
        call,
        act: (request) => deleteKeys(execution, request, bucket, keys),
      }),
    ...(profile.capabilities.move !== "none" && { move: transfer("move") }),
  };
}

function at(kind: RequestKind, ref: ObjectRef, call: RequestOptions | undefined) {
  return { kind, bucket: ref.bucket, keys: [ref.key], call };
}

export async function readAll(stream: Exclude<Body, Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Some keys of a batch may fail: half of those without having been deleted. */
function deleteKeys(
  execution: Execution,
  request: StoreRequest,
  bucket: string,
  keys: readonly string[],
): readonly DeleteResult[] {
  const { fault, luck } = request.fate;
  if (fault !== "key-errors") return execution.delete(bucket, keys);
  return keys.flatMap((key): readonly DeleteResult[] => {
    const fails = luck.chance(0.5);
    if (!fails || luck.chance(0.5)) execution.delete(bucket, [key]);
    const error = failure(
      request,
      luck.chance(0.5) ? "unavailable" : "unexpected",
      "internal error",
    );
    return [fails ? { outcome: "failed", error } : { outcome: "gone" }];
  });
}

/** Its fate says whether it is carried out and answered, unless its sender gives up. */
export function send<T>(network: Network, activity: Activity, asked: Asked<T>): Promise<T> {
  const { time } = network;
  const { process } = activity;
  const { call, act, ...what } = asked;
  const request: StoreRequest = {
    ...what,
    source: what.source,
    number: network.nextNumber(),
    activity,
    fate: { ...network.fateOf(activity, what.kind), ...what.fate },
    sentMs: time.now(),
    sentBySenderMs: process.clock.now(),
    executedMs: undefined,
    outcome: undefined,
    answeredMs: undefined,
    answer: undefined,
  };
  const { fate } = request;
  return new Promise<T>((resolve, reject) => {
    let result: { value: T } | { error: ObjectStoreError } | undefined;
    let isGivenUp = false;

    const settle = (answer: Answer, conclude: () => void) => {
      if (request.answer !== undefined) return;
      request.answer = answer;
      request.answeredMs = time.now();
      call?.signal?.removeEventListener("abort", giveUp);
      network.answered(request);
      conclude();
    };
    const fail = (error: ObjectStoreError) => settle({ isError: true, error }, () => reject(error));
    const giveUp = () => {
      isGivenUp = true;
      fail(failure(request, "aborted", "aborted by the caller"));
    };
    const execute = () => {
      const isLost = (isGivenUp || !process.isAlive) && fate.fault !== "late";
      if (isLost && !fate.outlivesSender) return network.vanished(request);
      result = attempt(() => network.execute(request, () => act(request)));
      befall(request, "executed");
    };
    const answer = () =>
      process.reach(() => {
        const lost = lostAnswer(request);
        if (lost !== undefined) fail(lost);
        else if (result !== undefined) {
          const found = result;
          call?.onDate?.(storeDate(network.profile, request.executedMs ?? time.now()));
          if ("error" in found) fail(found.error);
          else settle({ isError: false, value: found.value }, () => resolve(found.value));
        }
        befall(request, "answered");
      });

    if (call?.signal?.aborted) {
      return reject(failure(request, "aborted", "aborted before it was sent", false));
    }
    call?.signal?.addEventListener("abort", giveUp, { once: true });
    network.sent(request);
    if (fate.executesAfterMs !== undefined) time.at(time.now() + fate.executesAfterMs, execute);
    if (fate.answersAfterMs !== undefined) time.at(time.now() + fate.answersAfterMs, answer);
    befall(request, "sent");
  });
}

function attempt<T>(act: () => T): { value: T } | { error: ObjectStoreError } {
  try {
    return { value: act() };
  } catch (error) {
    if (error instanceof ObjectStoreError) return { error };
    throw error;
  }
}

/** Kills or freezes the sender, if that is the request's fate at this moment of it. */
function befall({ fate, activity }: StoreRequest, moment: Fate["moment"]): void {
  if (fate.moment !== moment) return;
  if (fate.fault === "crash") activity.process.crash();
  if (fate.fault === "freeze") activity.process.freeze(fate.frozenForMs, fate.suspends);
}

/** The error that reaches the sender instead of an answer, if that is the request's fate. */
function lostAnswer(request: StoreRequest): ObjectStoreError | undefined {
  switch (request.fate.fault) {
    case "throttled":
      return failure(request, "throttled", "slow down", false);
    case "refused":
      return failure(request, "unavailable", "connection refused", false);
    case "lost-request":
    case "lost-answer":
      return failure(request, "unavailable", "connection reset");
    default:
      return undefined;
  }
}

export function failure(
  { kind, bucket, keys }: StoreRequest,
  code: ObjectStoreError["code"],
  message: string,
  undecided?: boolean,
): ObjectStoreError {
  return new ObjectStoreError({ code, operation: kind, bucket, key: keys[0], message, undecided });
}
