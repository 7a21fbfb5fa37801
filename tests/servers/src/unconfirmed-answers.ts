import type { ObjectStore } from "@keywhen/core/store";
import type { SpokenAnswer } from "./answering-server.js";
import { OPERATIONS } from "./store-operations.js";

export interface AnswerCase {
  readonly title: string;
  readonly operation: string;
  readonly answer: SpokenAnswer;
  /** Returns what became of the call. */
  readonly observe: (store: ObjectStore) => Promise<unknown>;
  readonly expected: unknown;
}

/** The headers of each HEAD and GET. */
export const DESCRIBED = {
  etag: '"s"',
  "last-modified": "Wed, 25 Nov 2026 08:00:00 GMT",
} as const;

/** An S3 error as it goes over the wire; `status` 200 is the one that looks like a success. */
export function s3Error(status: number, code: string, message = code): SpokenAnswer {
  return {
    status,
    headers: { "content-type": "application/xml" },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message><RequestId>R1</RequestId></Error>`,
  };
}

const ETAG = { etag: '"e"', "last-modified": "Wed, 25 Nov 2026 08:00:00 GMT" };
const page = (body: string, status = 200): SpokenAnswer => ({
  status,
  headers: { "content-type": "text/html", ...ETAG },
  body,
});
export const xml = (body: string, status = 200): SpokenAnswer => ({
  status,
  headers: { "content-type": "application/xml" },
  body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}`,
});

/** Successes that confirm nothing: what proxies, login pages and servers under a wrong name answer to anything. */
const UNCONFIRMED: Readonly<Record<string, SpokenAnswer>> = {
  "200 and nothing": { status: 200 },
  "200 and blanks": { status: 200, body: "  \n " },
  "202 and nothing": { status: 202, headers: ETAG },
  "206 and nothing": { status: 206, headers: ETAG },
  "205 and nothing": { status: 205, headers: ETAG },
  "200 and a login page": {
    ...page("<!DOCTYPE html><html><body>Sign in</body></html>"),
    headers: {},
  },
  "200 and JSON": { headers: { "content-type": "application/json" }, body: '{"ok":true}' },
  "200 and another document with an ETag": xml("<Anything><ETag>e</ETag><Key>a</Key></Anything>"),
  "200 and half a document": xml("<ListBucketResult><IsTruncated>fal"),
};

/** The error's code, or the code of each key that was not deleted. */
export async function outcomeOf(operation: Promise<unknown>): Promise<unknown> {
  try {
    const result = await operation;
    if (!Array.isArray(result)) return result;
    const codes = result.map((one) => one.error?.code ?? one.outcome);
    return new Set(codes).size === 1 ? codes[0] : codes;
  } catch (error) {
    return Reflect.get(Object(error), "code") ?? error;
  }
}

export function failingCase(operation: string, wrong: string, answer: SpokenAnswer): AnswerCase {
  const operate = OPERATIONS[operation];
  if (operate === undefined) throw new Error(`there is no operation "${operation}"`);
  return {
    title: `fails a ${operation}: ${wrong}`,
    operation,
    answer,
    observe: (store) => outcomeOf(operate(store)),
    expected: "unexpected",
  };
}

/** Every operation of a store with every success that confirms nothing. */
export const UNCONFIRMED_CASES: readonly AnswerCase[] = Object.entries(UNCONFIRMED).flatMap(
  ([wrong, answer]) =>
    Object.keys(OPERATIONS).map((operation) => failingCase(operation, wrong, answer)),
);
