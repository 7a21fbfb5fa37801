import { KeywhenError } from "@keywhen/core";
import { showValue } from "@keywhen/core/internal";
import type { ObjectRef } from "@keywhen/core/store";
import { describeIssues, type StandardSchema } from "./standard-schema.js";

/** The body of an event, and what its writer said of it. */
export interface Payload {
  readonly size: number;
  readonly contentType: string | undefined;
  /** The writer's, and that of a recurring schedule's occurrence. Without `keywhen-id` and `keywhen-at`: they are `deliveryId` and `at`. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Read it once, or with one of the methods. An unread body is canceled afterwards. */
  readonly body: ReadableStream<Uint8Array>;
  bytes(): Promise<Uint8Array>;
  text(): Promise<string>;
}

/** Returns what reads a body, as a whole and once. */
export function readerOf(ref: ObjectRef, body: ReadableStream<Uint8Array>) {
  let read: Promise<Uint8Array> | undefined;
  const bytes = () => {
    read ??= readAll(body);
    return read;
  };
  const text = async () => new TextDecoder().decode(await bytes());
  const json = async <T>(schema?: StandardSchema<T>) => {
    const value = parseBody(ref, await text());
    return schema === undefined ? value : checked(ref, value, schema);
  };
  return { bytes, text, json };
}

/** Rejects also if the body is locked, or has been canceled. */
async function readAll(body: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  return new Uint8Array(await new Response(body).arrayBuffer());
}

/** `of`: the function that takes the schema. */
export function checkSchema(schema: StandardSchema<unknown> | undefined, of: string): void {
  if (schema === undefined || typeof schema?.["~standard"]?.validate === "function") return;
  throw new KeywhenError(
    "invalid-option",
    `The schema for ${of} must be a Standard Schema, such as one of valibot, zod or arktype (got ${showValue(schema)}).`,
  );
}

function parseBody(ref: ObjectRef, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalidPayload(ref, "is not JSON. Read it with text() or bytes()", cause);
  }
}

async function checked<T>(ref: ObjectRef, value: unknown, schema: StandardSchema<T>): Promise<T> {
  const result = await schema["~standard"].validate(value);
  if (result.issues === undefined) return result.value;
  throw invalidPayload(
    ref,
    `does not match the schema: ${describeIssues(result.issues)}. Correct the schema, or the program that writes the event`,
    result,
  );
}

function invalidPayload({ bucket, key }: ObjectRef, why: string, cause: unknown): KeywhenError {
  return new KeywhenError("invalid-payload", `The body of ${bucket}/${key} ${why}.`, { cause });
}
