import type { DestinationEvent, OpenedEvent } from "@keywhen/core/destination";
import { WEBHOOK_SECRET } from "@keywhen/host/destinations";
import { describesEvent, METADATA_VARIABLE } from "./event-variables.js";

type Environment = Readonly<Record<string, string | undefined>>;

/** The environment of a program: this process's without its secrets for webhooks, and what describes the event. */
export function commandEnvironment(
  env: Environment,
  { deliveryId, id, dueAt, destination, key }: DestinationEvent,
  { contentType, metadata }: Pick<OpenedEvent, "contentType" | "metadata">,
): Environment {
  const passedOn = Object.entries(env).filter(
    ([name]) => !name.startsWith(WEBHOOK_SECRET) && !describesEvent(name),
  );
  const ofMetadata = Object.entries(metadata).map(([name, value]) => [variableOf(name), value]);
  return {
    ...Object.fromEntries(passedOn),
    ...Object.fromEntries(ofMetadata),
    KEYWHEN_DELIVERY_ID: deliveryId ?? id,
    KEYWHEN_DUE_AT: dueAt.toISOString(),
    KEYWHEN_BUCKET: destination,
    KEYWHEN_KEY: key,
    KEYWHEN_CONTENT_TYPE: contentType,
  };
}

function variableOf(name: string): string {
  return METADATA_VARIABLE + name.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_");
}
