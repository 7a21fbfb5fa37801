import type { ObjectStore } from "@keywhen/core/store";

export interface TracedStore {
  readonly store: ObjectStore;
  /** A line each, with its result. */
  lastCalls(): readonly string[];
}

const SHOWN_CALLS = 3;
const CALLS = new Set(["put", "head", "get", "list", "copy", "move", "delete"]);

/** `prefix` is shown as `…/`. */
export function traceCalls(store: ObjectStore, prefix: string): TracedStore {
  const calls: Call[] = [];
  const take = (call: Call) => {
    calls.push(call);
    if (calls.length > SHOWN_CALLS) calls.shift();
  };
  const traced = new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      if (typeof name !== "string" || !CALLS.has(name)) return value.bind(target);
      return (...args: unknown[]) => {
        const result: unknown = Reflect.apply(value, target, args);
        Promise.resolve(result).then(
          (answer: unknown) => take({ name, args, answer }),
          (error: unknown) => take({ name, args, error }),
        );
        return result;
      };
    },
  });
  return {
    store: traced,
    lastCalls: () => calls.map((call) => shownCall(call).replaceAll(prefix, "…/")),
  };
}

interface Call {
  readonly name: string;
  readonly args: readonly unknown[];
  readonly answer?: unknown;
  readonly error?: unknown;
}

function shownCall({ name, args, ...ended }: Call): string {
  const outcome = "error" in ended ? `throws ${shownError(ended.error)}` : shown(ended.answer);
  return `${name}(${args.map(shownArgument).join(", ")}) → ${outcome}`;
}

const LONGEST_SHOWN = 200;

function shownArgument(value: unknown): string {
  if (isObject(value) && Object.keys(value).length === 2 && "bucket" in value && "key" in value) {
    return JSON.stringify(`${value["bucket"]}/${value["key"]}`);
  }
  return shown(value);
}

function shown(value: unknown): string {
  if (value === undefined) return "undefined";
  if (isObject(value) && Array.isArray(value["objects"])) {
    const keys = value["objects"].map((object: unknown) => isObject(object) && object["key"]);
    return shortened(JSON.stringify({ more: value["more"], keys }));
  }
  if (value instanceof Uint8Array) return `<${value.length} bytes>`;
  return shortened(JSON.stringify(value, (_name, part: unknown) => plain(part)) ?? String(value));
}

/** What JSON would lose, or show at length. */
function plain(part: unknown): unknown {
  if (part instanceof Uint8Array) return `<${part.length} bytes>`;
  if (part instanceof ReadableStream) return "<stream>";
  if (part instanceof AbortSignal) return part.aborted ? "<aborted>" : "<not aborted>";
  if (part instanceof Error) return shownError(part);
  return typeof part === "function" ? "<function>" : part;
}

function shownError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error ? ` ${error.code}` : "";
  return `${error.name}${code}: ${shortened(error.message)}`;
}

function shortened(text: string): string {
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
