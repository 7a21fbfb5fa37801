import { createScheduler, type EventDetails, type Scheduler } from "@keywhen/core";
import type { Command } from "commander";
import { EXIT, type ExitCode } from "../exit-codes.js";
import { eventNotFound } from "../not-found.js";
import { resolveId } from "../resolve-id.js";
import { act, type Session } from "../session.js";
import { showCount } from "../show-size.js";
import { showInstant } from "../show-time.js";

interface ShowOptions {
  readonly body?: boolean | undefined;
}

const EXAMPLES = `Examples:
  keywhen show 2026-11-25T08                (the unique beginning of an id will do)
  keywhen show '2026-11-25T08:00:00.000Z|reminders|42.json|k3v9q2m8x1ap' --body
`;

export function addShow(program: Command): Command {
  return program
    .command("show")
    .summary("tell what is known of one event")
    .description("Tells what is known of one event that waits.")
    .addHelpText("before", EXAMPLES)
    .argument("<id>", "its id (in single quotes), or the unique beginning of it")
    .option("--body", "print its payload and nothing else")
    .action(act(show));
}

async function show(
  session: Session,
  options: ShowOptions,
  [text = ""]: readonly string[],
): Promise<ExitCode> {
  await using home = await session.openHome();
  const scheduler = createScheduler(home);
  const found = await resolveId(scheduler, text);
  if (found.outcome === "not-found") return eventNotFound(session.output, text);
  return options.body
    ? showBody(session, scheduler, found.id)
    : showDetails(session, scheduler, found.id);
}

async function showDetails(
  { output }: Session,
  scheduler: Scheduler,
  id: string,
): Promise<ExitCode> {
  const event = await scheduler.get(id);
  if (event === undefined) return eventNotFound(output, id);
  await output.tell({ json: event, text: describe(event), quiet: event.id });
  return EXIT.done;
}

function describe({ at, to, size, contentType, deliveryId, metadata }: EventDetails): string {
  const bytes = size === 1 ? "1 byte" : `${showCount(size)} bytes`;
  const meta = Object.entries(metadata).map(([name, value]) => `${name}=${value}`);
  return [
    `due ${showInstant(at)}`,
    `to ${to.bucket}/${to.key}`,
    contentType === undefined ? bytes : `${bytes}, ${contentType}`,
    deliveryId === undefined ? "no delivery id" : `delivery id ${deliveryId}`,
    ...(meta.length > 0 ? [`metadata ${meta.join(", ")}`] : []),
  ].join(" · ");
}

async function showBody({ output }: Session, scheduler: Scheduler, id: string): Promise<ExitCode> {
  const body = await scheduler.open(id);
  if (body === undefined) return eventNotFound(output, id);
  for await (const chunk of body) {
    await output.bytes(chunk);
    if (output.isClosed) break;
  }
  return EXIT.done;
}
