import { UsageError } from "@keywhen/host";
import type { Command } from "commander";
import type { NameOptions } from "./named-event.js";

/** Whether the options name the event by `--name`. Throws a `UsageError` if they name none, or two. */
export function isNamed(text: string, { name, search }: NameOptions): boolean {
  if (name !== undefined) {
    if (text === "") return true;
    throw new UsageError("Both an id and --name are given.", "Leave one out.");
  }
  if (search) {
    throw new UsageError("--search is given without --name.", "Leave it out, or give --name.");
  }
  if (text !== "") return false;
  throw new UsageError("No event is given.", "Give its id, or its name with --name.");
}

/** For verbs that take an id or a name. */
export function withNameOptions(command: Command): Command {
  return withSearch(
    command.option("--name <name>", "the event that waits under this name, instead of an id"),
  );
}

export function withSearch(command: Command): Command {
  return command.option(
    "--search",
    "look through all waiting events, if the object of the name was lost",
  );
}
