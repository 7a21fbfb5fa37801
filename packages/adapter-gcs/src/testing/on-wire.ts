import type { StorageOptions } from "@google-cloud/storage";
import type { ObjectStore } from "@keywhen/core/store";
import {
  type AnswerHandler,
  type AnsweringServer,
  type GcsServer,
  type GcsServerOptions,
  type SpokenAnswer,
  startAnsweringServer,
  startGcsServer,
} from "@keywhen/test-servers";
import { onTestFinished } from "vitest";
import { gcsStore } from "../gcs-store.js";
import { clientOf } from "./client-of.js";

/** A store whose server answers what the test says. */
export async function onWire(
  answer: AnswerHandler,
  options: StorageOptions = {},
): Promise<AnsweringServer & { readonly store: ObjectStore }> {
  const server = await startAnsweringServer(answer);
  onTestFinished(server.stop);
  return { ...server, store: gcsStore({ client: clientOf(server, options) }) };
}

/** A store on the test server, with the buckets `here` and `away`. */
export async function onTestServer(
  options: GcsServerOptions = {},
): Promise<{ readonly store: ObjectStore; readonly server: GcsServer }> {
  const server = await startGcsServer(options);
  onTestFinished(server.stop);
  await server.createBucket("here");
  await server.createBucket("away");
  return { store: gcsStore({ client: clientOf(server) }), server };
}

export function jsonAnswer(value: unknown, status = 200): SpokenAnswer {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(value) };
}

/** An error as Google writes it. */
export function googleError(status: number, reason: string, message = "words") {
  const errors = [{ message, domain: "global", reason }];
  return jsonAnswer({ error: { code: status, message, errors } }, status);
}

/** An object as Google describes it. */
export const RESOURCE = {
  name: "k",
  generation: "1700000000000001",
  size: "4",
  timeCreated: "2026-11-24T08:00:00.000Z",
};
