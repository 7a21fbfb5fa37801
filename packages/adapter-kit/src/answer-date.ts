let lastText = "";
let lastMs = Number.NaN;

/** The store's time by an answer's `date` header; `undefined` if it has none. Parses only the first of a second's many answers. */
export function answerDate(header: unknown): Date | undefined {
  if (typeof header !== "string") return undefined;
  if (header !== lastText) {
    lastText = header;
    lastMs = Date.parse(header);
  }
  return Number.isNaN(lastMs) ? undefined : new Date(lastMs);
}
