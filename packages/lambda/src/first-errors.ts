import type { Observer, SweepEvent } from "@keywhen/core";

/** Of many failures of a kind, the first. */
export interface FirstError {
  readonly type: SweepEvent["type"];
  readonly code: string | undefined;
  readonly message: string;
}

/** Kinds in one log line at most. */
const MOST = 5;

/** An observer that keeps the first failure of each kind: the report only counts them, and a line is to say why. */
export function collectFirstErrors(): { readonly observe: Observer; take(): FirstError[] } {
  let first = new Map<string, FirstError>();
  return {
    observe(event) {
      if (!("error" in event) || event.error === undefined) return;
      const found = describe(event.type, event.error);
      const kind = `${found.type} ${found.code}`;
      if (first.size < MOST && !first.has(kind)) first.set(kind, found);
    },
    take() {
      const taken = [...first.values()];
      first = new Map();
      return taken;
    },
  };
}

function describe(type: SweepEvent["type"], error: unknown): FirstError {
  if (!(error instanceof Error)) return { type, code: undefined, message: String(error) };
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  return { type, code, message: error.message };
}
