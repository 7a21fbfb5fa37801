import { createHash } from "node:crypto";
import { vi } from "vitest";
import { hasCode } from "../errors.js";
import { codecV1 } from "../key/codec-v1.js";
import type { Clock, RandomSource } from "../machine.js";
import { createNamedEvents, type NamedEvents } from "../names/create-named-events.js";
import { parseNameJson } from "../names/name-state.js";
import { type StoreRequest, wrapStore } from "../requests/wrap-store.js";
import { memoryStore } from "../store/memory-store.js";
import type { ObjectStore } from "../store/object-store.js";
import { type ManualClock, manualClock } from "../testing/manual-clock.js";
import { storeError, textOf } from "./test-schedule.js";

/** A call that one caller made, with the steps of the world at which it began and ended. */
export interface NamedCallRecord {
  readonly verb: "put" | "cancel";
  /** Of a put: what the event carries. */
  readonly content: string;
  readonly began: number;
  /** Also when its caller was killed. */
  ended: number;
  /** When its last request was carried out that had no answer. */
  landed: number;
  endedMs: number;
  /** What it returned; `undefined`: it threw, or its caller was killed. */
  result: { readonly outcome: string; readonly [field: string]: unknown } | undefined;
}

export interface SeenEvent {
  readonly id: string;
  readonly content: string;
  readonly atMs: number;
  readonly deliveryId: string | undefined;
  /** Of a delivery. */
  readonly step: number;
}

interface Waiting {
  readonly caller: Caller;
  readonly request: StoreRequest;
  readonly carryOut: () => Promise<unknown>;
  readonly answer: (settle: () => Promise<unknown>) => void;
}

interface Caller {
  isDead: boolean;
  frozenUntilMs: number;
  readonly thaw: Set<() => void>;
  call: NamedCallRecord | undefined;
}

export interface Chaos {
  /** Parts of 1,000 requests. */
  readonly lost: number;
  readonly late: number;
  readonly kill: number;
  readonly freeze: number;
}

const NAME = "trial/42";
const LATE_MS = 2_500;

/** Callers of one name whose requests are carried out one after another, in an order that a seed chooses. */
export class NamedWorld {
  readonly clock: ManualClock = manualClock("2026-12-24T12:00:00.000Z");
  readonly store: ObjectStore;
  readonly calls: NamedCallRecord[] = [];
  readonly delivered: SeenEvent[] = [];
  /** Events that a caller stored without the lock of their name. */
  readonly storedWithoutLock: string[] = [];
  step = 0;
  readonly #waiting: Waiting[] = [];
  readonly #late: { readonly dueMs: number; readonly run: () => Promise<unknown> }[] = [];
  readonly #random: () => number;
  #chaos: Chaos;
  #running = 0;

  constructor(seed: number, chaos: Chaos) {
    this.#random = randomFrom(seed);
    this.#chaos = chaos;
    this.store = memoryStore({ clock: this.clock, capabilities: { clock: "store" } });
  }

  below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  /** No request fails from now on, and no caller dies. */
  calmDown(): void {
    this.#chaos = { lost: 0, late: 0, kill: 0, freeze: 0 };
  }

  /** Starts a caller, which makes its calls one after another. */
  start(calls: (events: NamedEvents) => readonly (() => Promise<unknown>)[]): void {
    const caller: Caller = { isDead: false, frozenUntilMs: 0, thaw: new Set(), call: undefined };
    this.#running += 1;
    const events = createNamedEvents({
      store: this.#storeOf(caller),
      bucket: "schedule",
      clock: this.#clockOf(caller),
      random: this.#randomBytes,
    });
    void (async () => {
      for (const call of calls(this.#recorded(caller, events))) {
        await call().catch((error: unknown) => {
          if (!hasCode(error, "undecided", "unavailable", "conflict", "clock-skew")) throw error;
        });
      }
      this.#running -= 1;
    })();
  }

  /** Runs until every caller has ended or died, and nothing is on its way. */
  async run(): Promise<void> {
    while (this.#running > 0 || this.#late.length > 0) {
      await settle();
      this.step += 1;
      if (this.step > 20_000) throw new Error("the callers never end");
      await this.#carryOutLate();
      if (this.below(40) === 0) await this.sweep();
      const isTime = this.#waiting.length === 0 || this.below(12) === 0;
      if (isTime) await this.#letTimePass();
      else await this.#oneRequest();
    }
    await settle();
  }

  /** What waits and is open. */
  async waiting(): Promise<SeenEvent[]> {
    return (await this.events()).filter(({ atMs }) => atMs - 4_000 > this.clock.now());
  }

  /** Delivers what is due. */
  async sweep(): Promise<void> {
    for (const event of await this.events()) {
      if (event.atMs > this.clock.now()) continue;
      this.delivered.push(event);
      await this.store.delete("schedule", [`keywhen/pending/${event.id}`]);
    }
  }

  /** All that are stored. */
  async events(): Promise<SeenEvent[]> {
    const prefix = "keywhen/pending/";
    const { objects } = await this.store.list({ bucket: "schedule", prefix });
    return Promise.all(
      objects.map(async ({ key }) => {
        const id = key.slice(prefix.length);
        const event = codecV1.decode(id);
        const content = (await textOf(this.store, "schedule", key)) ?? "";
        const { atMs = 0, deliveryId } = event ?? {};
        return { id, content, atMs, deliveryId, step: this.step };
      }),
    );
  }

  #recorded(caller: Caller, events: NamedEvents): NamedEvents {
    const record = async <R extends { readonly outcome: string }>(
      verb: "put" | "cancel",
      content: string,
      make: () => Promise<R>,
    ): Promise<R> => {
      const call: NamedCallRecord = {
        verb,
        content,
        began: this.step,
        ended: this.step,
        landed: 0,
        endedMs: 0,
        result: undefined,
      };
      this.calls.push(call);
      caller.call = call;
      try {
        const result = await make();
        call.result = { ...result };
        return result;
      } finally {
        this.#end(caller);
      }
    };
    return {
      ...events,
      put: (_, event) => record("put", String(event.body), () => events.put(NAME, event)),
      cancel: () => record("cancel", "", () => events.cancel(NAME)),
      get: () => events.get(NAME),
    };
  }

  #end({ call }: Caller): void {
    if (call === undefined) return;
    call.ended = this.step;
    call.endedMs = this.clock.now();
  }

  #storeOf(caller: Caller): ObjectStore {
    return wrapStore(this.store, (request, call, send) => {
      return new Promise((resolve, reject) => {
        this.#waiting.push({
          caller,
          request,
          carryOut: () => send({ ...call, signal: undefined }),
          answer: (settled) =>
            void this.#whenThawed(caller, () => settled().then(resolve as never, reject)),
        });
      });
    });
  }

  #clockOf(caller: Caller): Clock {
    const { clock } = this;
    return {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      sleep: async (ms, call) => {
        await clock.sleep(ms, call);
        await new Promise<void>((resolve) => this.#whenThawed(caller, async () => resolve()));
      },
    };
  }

  /** A caller that is frozen, or dead, notices nothing. */
  #whenThawed(caller: Caller, notice: () => Promise<unknown>): void {
    if (caller.isDead) return;
    if (caller.frozenUntilMs <= this.clock.now()) void notice();
    else caller.thaw.add(() => this.#whenThawed(caller, notice));
  }

  async #letTimePass(): Promise<void> {
    const ms = [20, 20, 100, 100, 400, 400, 1_000, 3_000][this.below(8)];
    await this.clock.advance(`${ms ?? 20}ms`);
    for (const { caller } of this.#known()) {
      if (caller.frozenUntilMs > this.clock.now()) continue;
      for (const thaw of caller.thaw) thaw();
      caller.thaw.clear();
    }
  }

  readonly #callers = new Set<Caller>();

  #known() {
    return [...this.#callers].map((caller) => ({ caller }));
  }

  async #oneRequest(): Promise<void> {
    const [waiting] = this.#waiting.splice(this.below(this.#waiting.length), 1);
    if (waiting === undefined) return;
    const { caller, request, carryOut, answer } = waiting;
    this.#callers.add(caller);
    if (caller.isDead) return;
    const dice = this.below(1_000);
    const { lost, late, kill, freeze } = this.#chaos;
    const error = storeError("unavailable", request.kind, { undecided: request.kind !== "get" });
    if (dice < kill) {
      caller.isDead = true;
      this.#running -= 1;
      if (this.below(2) === 0) await carryOut();
      this.#end(caller);
    } else if (dice < kill + lost) {
      if (this.below(2) === 0) await carryOut();
      answer(() => Promise.reject(error));
    } else if (dice < kill + lost + late) {
      const { call } = caller;
      const run = async () => {
        await carryOut();
        if (call !== undefined) call.landed = this.step;
      };
      this.#late.push({ dueMs: this.clock.now() + this.below(LATE_MS), run });
      answer(() => Promise.reject(error));
    } else {
      if (dice < kill + lost + late + freeze) {
        caller.frozenUntilMs = this.clock.now() + this.below(40_000);
      }
      await this.#watchPut(request);
      const result = carryOut();
      answer(() => result);
      await result.catch(() => {});
    }
  }

  async #watchPut({ kind, key = "" }: StoreRequest): Promise<void> {
    const prefix = "keywhen/pending/";
    if (kind !== "put" || !key.startsWith(prefix)) return;
    const text = await textOf(this.store, "schedule", `keywhen/names/${NAME}`);
    const newId = parseNameJson(text ?? "")?.lock?.newId;
    if (newId !== key.slice(prefix.length)) this.storedWithoutLock.push(key);
  }

  async #carryOutLate(): Promise<void> {
    const isCalm = this.#running === 0;
    for (const late of [...this.#late]) {
      if (late.dueMs > this.clock.now() && !isCalm) continue;
      this.#late.splice(this.#late.indexOf(late), 1);
      await late.run();
    }
  }

  readonly #randomBytes: RandomSource = (bytes) =>
    Uint8Array.from({ length: bytes }, () => this.below(256));
}

function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Enough turns of the event loop for everything that waits for no request and for no time. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Hashes without a thread, so that a seed always gives the same run. */
export function hashSynchronously(): void {
  vi.spyOn(globalThis.crypto.subtle, "digest").mockImplementation(async (_, data) => {
    const hash = createHash("sha256")
      .update(new Uint8Array(data as ArrayBuffer))
      .digest();
    return new Uint8Array(hash).buffer;
  });
}
