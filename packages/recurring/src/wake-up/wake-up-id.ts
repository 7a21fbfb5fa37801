import type { EventId } from "@keywhen/core";
import { type RandomSource, wakeUpId } from "@keywhen/core/internal";
import type { ObjectRef } from "@keywhen/core/store";
import type { NextOccurrence } from "../definition/definition.js";

/** The nominal time of a wake-up for nothing but to look whether the valid one is stored. */
export const CHECK = "check";

const TOKEN_LETTERS = "ghijklmnopqrstuv";

/** A token of 32 random bits, unique among those of one schedule and occurrence. */
export function randomToken(random: RandomSource): string {
  return Array.from(random(8), (byte) => TOKEN_LETTERS.charAt(byte & 15)).join("");
}

/** The id of the wake-up for an occurrence: the part of its key after `pending/`. */
export function idOfWakeUp(
  name: string,
  to: ObjectRef,
  { dueMs, nominal, token }: Pick<NextOccurrence, "dueMs" | "nominal" | "token">,
): EventId {
  return wakeUpId({ atMs: dueMs, to: targetOf(to, nominal), name, occurrence: nominal, token });
}

/** The delivery id, by which a consumer recognizes an occurrence that it gets twice. */
export function deliveryIdOf(name: string, nominal: string): string {
  return `${name}@${nominal}`;
}

/** A key may contain `{occurrence}`, so that each occurrence has a separate object. */
export function targetOf({ bucket, key }: ObjectRef, nominal: string): ObjectRef {
  return { bucket, key: key.replaceAll("{occurrence}", nominal) };
}
