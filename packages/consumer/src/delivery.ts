import { KeywhenError } from "@keywhen/core";
import { deliveredEvent, showValue, userMetadata } from "@keywhen/core/internal";
import type { ObjectInfo, ObjectRef, OpenObject } from "@keywhen/core/store";
import type { NotifiedObject } from "./notified-object.js";
import { describeIssues, type StandardSchema } from "./standard-schema.js";

/** An event at its target. */
export interface Delivery extends NotifiedObject {
  /** The same for every repeat: the idempotency key. `undefined` for events that other programs wrote. */
  readonly deliveryId: string | undefined;
  /** When it was due; `undefined` for events that other programs wrote. */
  readonly at: Date | undefined;
  readonly size: number;
  readonly contentType: string | undefined;
  /** The user metadata without keywhen's. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Read it once, or with one of the methods below. An unread body is cancelled after the iteration. */
  readonly body: ReadableStream<Uint8Array>;
  bytes(): Promise<Uint8Array>;
  text(): Promise<string>;
  /** The body's JSON, checked by any Standard Schema. Throws `invalid-payload` with what doesn't match. */
  json(): Promise<unknown>;
  json<T>(schema: StandardSchema<T>): Promise<T>;
  /**
   * Deletes the object unless it has been replaced (`changed`): HEAD, then DELETE. This is not atomic, so give each event
   * another target key.
   */
  remove(): Promise<"removed" | "changed">;
}

/** Returns the delivery for an opened object. */
export function deliveryOf(
  ref: NotifiedObject,
  opened: OpenObject,
  remove: Delivery["remove"],
): Delivery {
  let read: Promise<Uint8Array> | undefined;
  const bytes = () => {
    read ??= new Response(opened.body).arrayBuffer().then((buffer) => new Uint8Array(buffer));
    return read;
  };
  const text = async () => new TextDecoder().decode(await bytes());
  return {
    ...ref,
    ...identityOf(opened),
    size: opened.size,
    contentType: opened.contentType,
    metadata: userMetadata(opened.metadata),
    body: opened.body,
    bytes,
    text,
    json: async <T>(schema?: StandardSchema<T>) => {
      checkSchema(schema);
      const value = parseBody(ref, await text());
      return schema === undefined ? value : checked(ref, value, schema);
    },
    remove,
  };
}

/** Returns the writer's delivery id and the due instant. */
function identityOf({ metadata }: ObjectInfo): Pick<Delivery, "deliveryId" | "at"> {
  const { deliveryId, atMs } = deliveredEvent(metadata);
  return { deliveryId, at: atMs === undefined ? undefined : new Date(atMs) };
}

function parseBody(ref: ObjectRef, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalidPayload(ref, "is not JSON. Read it with text() or bytes()", cause);
  }
}

function checkSchema(schema: StandardSchema<unknown> | undefined): void {
  if (schema === undefined || typeof schema?.["~standard"]?.validate === "function") return;
  throw new KeywhenError(
    "invalid-option",
    `The schema for json() must be a Standard Schema, such as one of valibot, zod or arktype (got ${showValue(schema)}).`,
  );
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
