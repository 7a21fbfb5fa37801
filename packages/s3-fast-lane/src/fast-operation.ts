import type { S3OperationName, S3Operations } from "@keywhen/s3-protocol";

/** One request of S3: how it is sent, and how its answer is read. */
export interface FastOperation<N extends S3OperationName> {
  /** Returns `undefined` for a request that only the SDK can send. */
  readonly ask: (input: S3Operations[N]["input"]) => Question | undefined;
  /** Reads the body of an answer 200; `undefined` for anything but a plain result. */
  readonly read: (text: string) => S3Operations[N]["output"] | undefined;
}

export interface Question {
  readonly method: "GET" | "PUT" | "POST";
  /** @default the bucket itself */
  readonly key?: string | undefined;
  readonly query?: Readonly<Record<string, string>> | undefined;
  /** In addition to those of every request, by lower-case name. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: Uint8Array | undefined;
}
