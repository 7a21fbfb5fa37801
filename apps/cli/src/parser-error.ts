import { UsageError } from "@keywhen/host";
import type { Command, CommanderError } from "commander";

/** What other tools call our verbs. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  add: "schedule",
  create: "schedule",
  put: "schedule",
  ls: "list",
  get: "show",
  cat: "show --body",
  info: "show",
  delete: "cancel",
  del: "cancel",
  remove: "cancel",
  rm: "cancel",
  move: "reschedule",
  mv: "reschedule",
  update: "reschedule",
  daemon: "run",
  start: "run",
  watch: "run",
  worker: "run",
  deliver: "sweep",
  status: "doctor",
  check: "doctor",
  health: "doctor",
  purge: "dead purge",
  redrive: "dead redrive",
  retry: "dead redrive",
};

/** In the group `dead`. */
const OTHER_NAMES_OF_DEAD: Readonly<Record<string, string>> = {
  ls: "list",
  get: "show",
  delete: "purge",
  remove: "purge",
  rm: "purge",
  retry: "redrive",
  reschedule: "redrive",
};

/** Turns what the parser throws for `command` into our error. Help and the version pass: they are not errors. */
export function parserError(error: CommanderError, command: Command): Error {
  if (error.exitCode === 0) return error;
  if (error.code === "commander.help") return noVerb(command) ?? error;
  const text = error.message.replace(/^error: /, "").replace(/\s*\n\s*/g, " ");
  const [, said = text, guess] = /^(.*?)(?: \((Did you mean .*)\))?$/.exec(text) ?? [];
  const hint = otherName(error, command) ?? guess ?? `See ${pathOf(command)} --help.`;
  return new UsageError(/[.!?]$/.test(said) ? said : `${said}.`, hint);
}

function otherName({ code, message }: CommanderError, command: Command): string | undefined {
  if (code !== "commander.unknownCommand") return undefined;
  const name = /'(.*?)'/.exec(message)?.[1] ?? "";
  const names = command.name() === "dead" ? OTHER_NAMES_OF_DEAD : OTHER_NAMES;
  return Object.hasOwn(names, name) ? `Did you mean ${names[name]}?` : undefined;
}

/** `keywhen --store list`: the option took the verb. */
function noVerb(command: Command): UsageError | undefined {
  const verbs = new Set(command.commands.map((verb) => verb.name()));
  for (const [name, value] of Object.entries(command.opts<Record<string, unknown>>())) {
    if (typeof value !== "string" || !verbs.has(value)) continue;
    return new UsageError(
      `--${name} took "${value}" as its value, so no verb is left.`,
      `Give --${name} its value first.`,
    );
  }
  return undefined;
}

/** `keywhen dead list`. */
function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}
