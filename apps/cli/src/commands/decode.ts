import { parseEventId } from "@keywhen/core";
import { parseWakeUpId } from "@keywhen/core/internal";
import type { Command } from "commander";
import { explainUnrecognized } from "../events/event-ids.js";
import { EXIT, type ExitCode } from "../exit-codes.js";
import type { Output } from "../output/output.js";
import { showInstant } from "../output/show-time.js";
import { act, type Session } from "../session.js";

const EXAMPLES = `Examples:
  keywhen decode 'keywhen/pending/2026-12-24T08:00:00.000Z|reminders|42.json|k3v9q2m8x1ap'
`;

export function addDecode(program: Command): Command {
  return program
    .command("decode")
    .summary("decode a key or an id")
    .description("Prints what a key or an id means, or why it is not a keywhen key.")
    .addHelpText("before", EXAMPLES)
    .argument("<key>", "a whole key, or the id after pending/ (in single quotes)")
    .action(act(decode));
}

async function decode(
  { output }: Session,
  _options: object,
  [text = ""]: readonly string[],
): Promise<ExitCode> {
  const id = text.replace(/^(?:.*?\/)?pending\//, "");
  const wakeUp = parseWakeUpId(id);
  if (wakeUp !== undefined) return printWakeUp(output, id, wakeUp);
  const event = parseEventId(id);
  if (event === undefined) {
    output.failure({
      code: "unrecognized",
      message: `"${text}" is not a keywhen key: ${explainUnrecognized(id)}.`,
      hint: "Give a whole key, or the id after pending/, in single quotes.",
    });
    return EXIT.usage;
  }
  const { at, to, deliveryId, expiresAt, suffix } = event;
  const parts = [
    `due ${showInstant(at)} (${at.toISOString()})`,
    `to ${to.bucket}/${to.key}`,
    deliveryId === undefined ? "no delivery id" : `delivery id ${deliveryId}`,
    ...(expiresAt === undefined ? [] : [`expires ${showInstant(expiresAt)}`]),
    ...(suffix === undefined ? [] : [`moved (~${suffix})`]),
  ];
  const json = { id, at, to, deliveryId, expiresAt, suffix };
  await output.print({ json, text: parts.join(" · ") });
  return EXIT.done;
}

async function printWakeUp(
  output: Output,
  id: string,
  { atMs, to, name, occurrence }: NonNullable<ReturnType<typeof parseWakeUpId>>,
): Promise<ExitCode> {
  const at = new Date(atMs);
  const parts = [
    `wake-up of the schedule ${name}, occurrence ${occurrence}`,
    `due ${showInstant(at)} (${at.toISOString()})`,
    `to ${to.bucket}/${to.key}`,
  ];
  await output.print({
    json: { id, at, to, schedule: name, occurrence },
    text: parts.join(" · "),
  });
  return EXIT.done;
}
