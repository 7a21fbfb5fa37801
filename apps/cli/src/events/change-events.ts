import { parseEventId } from "@keywhen/core";
import { UsageError } from "@keywhen/host";
import type { Command } from "commander";
import { EXIT, type ExitCode } from "../exit-codes.js";
import { type DescribeMissing, printMissing } from "../outcome.js";
import type { Output } from "../output/output.js";
import { showInstant } from "../output/show-time.js";
import { type EventSource, resolveId, targetOf, wholeId } from "./event-ids.js";
import type { GroupOptions } from "./group-options.js";

export interface ChangeOptions {
  readonly dryRun?: boolean | undefined;
  readonly yes?: boolean | undefined;
}

export function withChangeOptions(
  command: Command,
  id: string,
  dryRun: string,
  argument = "<id>",
): Command {
  return command
    .argument(argument, id)
    .option("-n, --dry-run", dryRun)
    .option("-y, --yes", "don't ask");
}

/** Whether the options name a group of events instead of one. Throws a `UsageError` if they name both. */
export function isGroup(
  text: string,
  { deliveryId, from, until, name }: GroupOptions & { readonly name?: string | undefined },
): boolean {
  if (deliveryId !== undefined) {
    if (text === "" && name === undefined) return true;
    const given = text === "" ? "--name" : "an id";
    throw new UsageError(`Both ${given} and --delivery-id are given.`, "Leave one out.");
  }
  if (from === undefined && until === undefined) return false;
  throw new UsageError(
    `${from === undefined ? "--until" : "--from"} is given without --delivery-id.`,
    "Leave it out, or give a group with --delivery-id.",
  );
}

export const ONE_ID = "its id (in single quotes), or the unique beginning of it";
export const ONE_OR_MORE_IDS =
  "its id (in single quotes), the unique beginning of it, or - for ids on stdin";

export interface Change {
  readonly source: EventSource;
  readonly describeMissing: DescribeMissing;
  /** The verb: "Cancel". */
  readonly question: string;
  /** Asks for a whole id too, because the change can't be undone. */
  readonly alwaysAsk?: boolean;
  readonly changeOne: (id: string) => Promise<ExitCode>;
}

/** Changes the event that `text` names, or each event whose id is on stdin if `text` is `-`. */
export function changeEvents(
  output: Output,
  text: string,
  options: ChangeOptions,
  change: Change,
  concurrency?: number,
): Promise<ExitCode> {
  return text === "-"
    ? changeEach(output, change, concurrency)
    : changeOne(output, text, options, change);
}

/**
 * On a terminal the unique beginning of an id is enough, and the command asks first. Without a terminal the id must be whole,
 * even with `-y`: a shell cuts an unquoted id at its first `|`.
 */
export async function changeOne(
  output: Output,
  text: string,
  { dryRun = false, yes = false }: ChangeOptions,
  { source, describeMissing, question, alwaysAsk = false, changeOne: change }: Change,
): Promise<ExitCode> {
  if (!output.canAsk) return change(wholeId(text));
  const found = await resolveId(source, text);
  if (found.outcome === "not-found") return printMissing(output, text, describeMissing);
  const isClear = yes || dryRun || (found.outcome === "whole" && !alwaysAsk);
  if (isClear || (await output.ask(`${question} ${describe(found.id)}?`))) return change(found.id);
  output.note("Nothing changed.");
  return EXIT.done;
}

function describe(id: string): string {
  const event = parseEventId(id);
  return event === undefined ? id : `${targetOf(id)}, due ${showInstant(event.at)}`;
}

const CONCURRENCY = 16;

/** Reports and skips a line that is not an id. Ends if the store refuses, because the next event would fail too. */
async function changeEach(
  output: Output,
  { changeOne: change }: Change,
  concurrency = CONCURRENCY,
): Promise<ExitCode> {
  const codes: ExitCode[] = [];
  let isOver = false;
  if (process.stdin.isTTY) {
    output.note("Reading ids from the terminal, one a line. Ctrl-D on an empty line ends them.");
  }
  const ids = readLines(process.stdin);
  const work = async () => {
    for (let next = await ids.next(); !next.done && !isOver; next = await ids.next()) {
      try {
        codes.push(await change(wholeId(next.value)));
      } catch (error) {
        const code = output.error(error);
        codes.push(code);
        isOver ||= code !== EXIT.usage;
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  process.stdin.destroy();
  const [failure, ...others] = codes.filter((code) => code !== EXIT.done);
  if (failure === undefined) return EXIT.done;
  return others.length + 1 < codes.length ? EXIT.partly : failure;
}

/** Yields the lines of a stream, trimmed, without empty ones. */
async function* readLines(input: NodeJS.ReadableStream): AsyncGenerator<string, void> {
  const { createInterface } = await import("node:readline");
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    const text = line.trim();
    if (text !== "") yield text;
  }
}
