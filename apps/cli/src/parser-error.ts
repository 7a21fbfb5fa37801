import { closestName } from "@keywhen/core/store";
import { UsageError } from "@keywhen/host";
import type { Command, CommanderError } from "commander";

/** Names of our verbs in other tools. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  add: "schedule",
  create: "schedule",
  put: "schedule",
  ls: "list",
  search: "find",
  grep: "find",
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
  edit: "reschedule",
  replace: "reschedule",
  daemon: "run",
  start: "run",
  watch: "run",
  worker: "run",
  deliver: "sweep",
  status: "doctor",
  check: "doctor",
  health: "doctor",
  cron: "every",
  repeat: "every",
  pause: "schedules pause",
  resume: "schedules resume",
  skip: "schedules skip",
  trigger: "schedules trigger",
  preview: "schedules preview",
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

/** In the group `schedules`. */
const OTHER_NAMES_OF_SCHEDULES: Readonly<Record<string, string>> = {
  ls: "list",
  get: "show",
  info: "show",
  cancel: "delete",
  remove: "delete",
  rm: "delete",
  disable: "pause",
  stop: "pause",
  enable: "resume",
  start: "resume",
  run: "trigger",
};

const NAMES_IN_GROUP: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  dead: OTHER_NAMES_OF_DEAD,
  schedules: OTHER_NAMES_OF_SCHEDULES,
};

/** What was probably meant by arguments that are too many. */
const EXCESS_HINTS: Readonly<Record<string, string>> = {
  find: "Give it with an option: keywhen find --delivery-id order-42, or --to 'reminders/*'.",
  every: "Put the rule in single quotes: keywhen every '0 9 * * 1-5'.",
  preview: "Put the rule in single quotes: keywhen schedules preview '0 9 * * 1-5'.",
  schedule: "Add an s for recurring schedules: keywhen schedules.",
};

/** Turns an error of the parser into our own. Help and the version pass, because they are not errors. */
export function parserError(error: CommanderError, command: Command): Error {
  if (error.code === "commander.version") return error;
  if (error.exitCode === 0 || error.code === "commander.help") {
    return unknownTopic(command) ?? (error.exitCode === 0 ? error : noCommand(error, command));
  }
  const text = error.message.replace(/^error: /, "").replace(/\s*\n\s*/g, " ");
  const [, said = text, guess] = /^(.*?)(?: \((Did you mean .*)\))?$/.exec(text) ?? [];
  const excess = error.code === "commander.excessArguments" && EXCESS_HINTS[command.name()];
  const hint = otherName(error, command) ?? (excess || guess) ?? `See ${pathOf(command)} --help.`;
  return new UsageError(/[.!?]$/.test(said) ? said : `${said}.`, hint);
}

function otherName({ code, message }: CommanderError, command: Command): string | undefined {
  if (code !== "commander.unknownCommand") return undefined;
  return otherNameOf(/'(.*?)'/.exec(message)?.[1] ?? "", command);
}

function otherNameOf(name: string, command: Command): string | undefined {
  const names = NAMES_IN_GROUP[command.name()] ?? OTHER_NAMES;
  return Object.hasOwn(names, name) ? `Did you mean ${names[name]}?` : undefined;
}

/** `keywhen help foo` and `keywhen foo --help`: the parser would print the help of the whole program. */
function unknownTopic(command: Command): UsageError | undefined {
  const [first, second] = command.args;
  const name = first === "help" ? second : first;
  const names = command.commands.map((known) => known.name());
  if (name === undefined || name.startsWith("-") || names.length === 0) return undefined;
  if (name === "help" || names.includes(name)) return undefined;
  const closest = closestName(name, names);
  const guess = closest === undefined ? undefined : `Did you mean ${closest}?`;
  const hint = otherNameOf(name, command) ?? guess ?? `See ${pathOf(command)} --help.`;
  return new UsageError(`unknown command '${name}'.`, hint);
}

/** Returns the help, which is `error` itself, if no verb follows `command`. */
function noCommand(error: CommanderError, command: Command): Error {
  const taken = takenCommand(command);
  if (taken !== undefined || !process.argv.includes("--json")) return taken ?? error;
  return new UsageError("No command is given.", `See ${pathOf(command)} --help.`);
}

/** `keywhen --store list`: the option took the command. */
function takenCommand(command: Command): UsageError | undefined {
  const names = new Set(command.commands.map((known) => known.name()));
  for (const [name, value] of Object.entries(command.opts<Record<string, unknown>>())) {
    if (typeof value !== "string" || !names.has(value)) continue;
    return new UsageError(
      `--${name} took the command "${value}" as its value, so no command is left.`,
      `Write --${name} VALUE ${value}.`,
    );
  }
  return undefined;
}

/** `keywhen dead list`. */
function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}
