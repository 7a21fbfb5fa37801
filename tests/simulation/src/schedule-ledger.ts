import type { ObjectRef } from "@keywhen/core/store";
import type { Activity } from "./activity.js";
import { DEAD } from "./ledger.js";
import type { Plan, ScheduleContent } from "./plan.js";
import { idOfKey, isPendingKey, ROOT, SCHEDULE_BUCKET } from "./schedule-keys.js";
import type { Change, StoreRequest } from "./store/store-request.js";
import type { StoredObjects } from "./store/stored-objects.js";

/** A waiting object that asks for an occurrence of a recurring schedule. */
export interface WakeUp {
  readonly key: string;
  readonly name: string;
  readonly nominal: string;
  readonly dueMs: number;
  readonly to: ObjectRef;
}

/** The part of a definition that promises are about. */
export interface Definition {
  readonly state: "active" | "paused" | "ended" | "deleted";
  readonly writeId: string;
  readonly revision: string;
  /** Of its content. */
  readonly label: string;
  /** Of the object that has its body, if that is large. */
  readonly bodyKey: string | undefined;
  readonly next: NextOccurrence | undefined;
  readonly last: { readonly atMs: number; readonly nominal: string | undefined } | undefined;
}

export interface NextOccurrence {
  readonly nominal: string;
  readonly atMs: number;
  readonly dueMs: number;
  readonly token: string;
  readonly passedOver: number;
  readonly isOfOldRule: boolean;
}

/** An executed write of a definition. */
export interface DefinitionWrite {
  readonly request: StoreRequest;
  readonly atMs: number;
  readonly definition: Definition;
  readonly replaced: Definition | undefined;
}

/** An executed copy of a wake-up to its target. */
export interface OccurrenceCopy {
  readonly wakeUp: WakeUp;
  readonly request: StoreRequest;
  readonly atMs: number;
  /** Of the content that arrived. */
  readonly label: string;
}

/** What truly happened to one recurring schedule. */
export interface ScheduleRecord {
  readonly name: string;
  definition: Definition | undefined;
  readonly writes: DefinitionWrite[];
  readonly waiting: Map<string, WakeUp>;
  readonly copies: OccurrenceCopy[];
  /** The nominal times of occurrences that have become dead letters. */
  readonly dead: Set<string>;
  readonly calls: Activity[];
}

const NONE: readonly ScheduleRecord[] = [];
const PAYLOADS = `${ROOT}/payloads/`;
export const DEFINITIONS = `${ROOT}/schedules/`;

export class ScheduleLedger {
  readonly records: ReadonlyMap<string, ScheduleRecord>;
  readonly contents: ReadonlyMap<string, ScheduleContent>;
  readonly #objects: StoredObjects;
  readonly #wakeUps = new Map<string, WakeUp | undefined>();

  constructor(plan: Plan, objects: StoredObjects) {
    this.#objects = objects;
    this.records = new Map(plan.schedules.map(({ name }) => [name, newRecord(name)]));
    const contents = plan.schedules
      .flatMap(({ steps }) => steps)
      .flatMap(({ content }) => (content === undefined ? [] : [content]));
    this.contents = new Map(contents.map((content) => [content.label, content]));
  }

  /** The wake-up of a key; `undefined` for any other key. */
  wakeUp(key: string): WakeUp | undefined {
    if (!key.includes("~") || !isPendingKey(key)) return undefined;
    if (!this.#wakeUps.has(key)) this.#wakeUps.set(key, parseWakeUp(key));
    return this.#wakeUps.get(key);
  }

  /** The wake-up that a copy delivers. */
  deliveredBy({ kind, source, bucket, keys }: StoreRequest): WakeUp | undefined {
    if (kind !== "copy" && kind !== "move") return undefined;
    const wakeUp = source?.bucket === SCHEDULE_BUCKET ? this.wakeUp(source.key) : undefined;
    return wakeUp?.to.bucket === bucket && wakeUp.to.key === keys[0] ? wakeUp : undefined;
  }

  /** Whether an object is one of recurring schedules. */
  isOurs(key: string): boolean {
    if (key.startsWith(DEFINITIONS) || key.startsWith(PAYLOADS)) return true;
    return this.wakeUp(key) !== undefined;
  }

  called(activity: Activity): void {
    const record = this.records.get(activity.schedule ?? "");
    if (record?.calls.includes(activity) === false) record.calls.push(activity);
  }

  /** The schedules that the last executed request has changed. */
  changed: readonly ScheduleRecord[] = NONE;

  executed(request: StoreRequest, changes: readonly Change[]): void {
    const changed = new Set<ScheduleRecord>();
    for (const { ref, change } of changes) {
      const record = ref.bucket === SCHEDULE_BUCKET && this.#changed(request, ref, change);
      if (record) changed.add(record);
    }
    if (request.outcome === "copied") this.#copied(request);
    this.changed = changed.size === 0 ? NONE : [...changed];
  }

  #changed(request: StoreRequest, ref: ObjectRef, change: Change["change"]) {
    const wakeUp = this.wakeUp(ref.key);
    if (wakeUp !== undefined) {
      const record = this.records.get(wakeUp.name);
      if (change === "written") record?.waiting.set(ref.key, wakeUp);
      else record?.waiting.delete(ref.key);
      return record;
    }
    if (!ref.key.startsWith(DEFINITIONS)) return undefined;
    const record = this.records.get(ref.key.slice(DEFINITIONS.length));
    if (record === undefined) return undefined;
    const replaced = record.definition;
    record.definition = parseDefinition(this.#objects.get(ref)?.bytes);
    const atMs = request.executedMs ?? 0;
    if (record.definition === undefined) return record;
    record.writes.push({ request, atMs, definition: record.definition, replaced });
    return record;
  }

  #copied(request: StoreRequest): void {
    const { source, bucket, keys } = request;
    const [key = ""] = keys;
    const wakeUp = source?.bucket === SCHEDULE_BUCKET ? this.wakeUp(source.key) : undefined;
    const record = wakeUp && this.records.get(wakeUp.name);
    if (wakeUp === undefined || record === undefined) return;
    if (bucket === SCHEDULE_BUCKET && key.startsWith(DEAD)) record.dead.add(wakeUp.nominal);
    if (this.deliveredBy(request) === undefined) return;
    const label = this.#objects.get({ bucket, key })?.metadata["of-content"] ?? "";
    record.copies.push({ wakeUp, request, atMs: request.executedMs ?? 0, label });
  }
}

/** The waiting object that the definition names; `undefined` if it names none. */
export function validWakeUp({
  definition,
  waiting,
}: ScheduleRecord): WakeUp | "missing" | undefined {
  const { next, state } = definition ?? {};
  if (state !== "active" || next === undefined) return undefined;
  const isValid = ({ key, nominal }: WakeUp) =>
    key.endsWith(`~${next.token}`) && nominal === next.nominal;
  return [...waiting.values()].find(isValid) ?? "missing";
}

function newRecord(name: string): ScheduleRecord {
  return {
    ...{ name, definition: undefined, writes: [], waiting: new Map() },
    ...{ copies: [], dead: new Set(), calls: [] },
  };
}

const WAKE_UP = /^([^|]+)\|([^|]+)\|([^|]+)\|([^|@]+)@([^|~]+)~[g-z]{8}$/;

/** By hand and not by the code under test. */
function parseWakeUp(key: string): WakeUp | undefined {
  const [, at = "", bucket = "", path = "", name = "", nominal = ""] =
    WAKE_UP.exec(idOfKey(key)) ?? [];
  if (name === "") return undefined;
  return { key, name, nominal, dueMs: Date.parse(at), to: { bucket, key: decodeURI(path) } };
}

interface DefinitionJson extends Pick<Definition, "state" | "writeId" | "revision"> {
  readonly payload: {
    readonly body: { readonly object?: string };
    readonly metadata?: Readonly<Record<string, string>>;
  };
  readonly next?: {
    readonly at: string;
    readonly occurrence: string;
    readonly instant?: string;
    readonly token: string;
    readonly passedOver?: number;
    readonly isOfOldRule?: boolean;
  };
  readonly last?: { readonly instant: string; readonly occurrence?: string };
}

function parseDefinition(bytes: Uint8Array | undefined): Definition | undefined {
  if (bytes === undefined) return undefined;
  const json: DefinitionJson = JSON.parse(new TextDecoder().decode(bytes));
  const { state, writeId, revision, payload, next, last } = json;
  const { object } = payload.body;
  return {
    ...{ state, writeId, revision, label: payload.metadata?.["of-content"] ?? "" },
    bodyKey: object === undefined ? undefined : PAYLOADS + object,
    next: next && {
      nominal: next.occurrence,
      atMs: Date.parse(next.instant ?? next.at),
      dueMs: Date.parse(next.at),
      token: next.token,
      passedOver: next.passedOver ?? 0,
      isOfOldRule: next.isOfOldRule ?? false,
    },
    last: last && { atMs: Date.parse(last.instant), nominal: last.occurrence },
  };
}
