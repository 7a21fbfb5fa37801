import type { S3OperationName, S3Operations } from "@keywhen/s3-protocol";

/** One request of S3: what goes over the wire for it, and what an answer says. */
export interface FastOperation<N extends S3OperationName> {
  /** `undefined` for what only the SDK can send. */
  readonly ask: (input: S3Operations[N]["input"]) => Question | undefined;
  /** Reads the body of an answer 200; `undefined` for anything but a plain result. */
  readonly read: (text: string) => S3Operations[N]["output"] | undefined;
}

export interface Question {
  readonly method: "GET" | "PUT" | "POST";
  /** @default the bucket itself */
  readonly key?: string | undefined;
  readonly query?: Readonly<Record<string, string>> | undefined;
  /** Beside those of every request, by lower-case name. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: Uint8Array | undefined;
}
