import { visibleJson, visibleText } from "@keywhen/host";
import picocolors from "picocolors";
import { EXIT, type ExitCode } from "../exit-codes.js";
import { ask, Interrupted } from "./ask.js";
import { explainError } from "./explain-error.js";
import { createStdoutWriter } from "./stdout-writer.js";

export interface OutputOptions {
  readonly json?: boolean | undefined;
  readonly quiet?: boolean | undefined;
  readonly verbose?: boolean | undefined;
  /** The store URL, for messages. */
  readonly store?: string | undefined;
  /** The user's module that opens it, for messages. */
  readonly adapter?: string | undefined;
}

/** One thing that a command prints. */
export interface Printed {
  /** What `--json` prints. */
  readonly json: unknown;
  /** One line, or several. A function if making it needs the time zone, which only people need. */
  readonly text: string | readonly string[] | (() => string | readonly string[]);
  /** What `-q` prints. */
  readonly quiet?: string | undefined;
  /** The start of each line, colored on a terminal. */
  readonly mark?: { readonly text: string; readonly color: "green" | "yellow" | "red" } | undefined;
}

/** What went wrong, in one line, and what to do about it. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
  /** The event that the failure is about. */
  readonly id?: string | undefined;
}

/**
 * Writes data to stdout and everything else to stderr. Escapes control characters in all text before it is printed, except
 * in `bytes`.
 */
export interface Output {
  readonly isJson: boolean;
  /** Notes are not printed. */
  readonly isQuiet: boolean;
  /** Stdout is a terminal. */
  readonly isTerminal: boolean;
  /** Stdin and stdout are a terminal. */
  readonly canAsk: boolean;
  /** Stdout has no reader any more (`| head`) or can't be written to, so commands stop printing data. */
  readonly isClosed: boolean;
  /** Aborted when stdout loses its reader. */
  readonly readerGone: AbortSignal;
  print(printed: Printed): Promise<void>;
  /** Prints the result of a change: to stderr if stdout can't be written to, so that no id is lost. */
  printDone(printed: Printed): Promise<void>;
  line(text: string): Promise<void>;
  /** Writes bytes unchanged. */
  bytes(chunk: Uint8Array): Promise<void>;
  /** Writes a line for people to stderr. `-q` suppresses it. */
  note(text: string): void;
  /** Writes a line for `-v`. */
  trace(text: string): void;
  /** Reports that something was not done: one line, or an object with `--json`. */
  failure(failure: Failure): void;
  /** Prints an error in one line, and returns the exit code for it. */
  error(error: unknown): ExitCode;
  /** Returns true for y or yes. Throws `Interrupted` on Ctrl-C. */
  ask(question: string): Promise<boolean>;
  /** Returns the exit code of a command that ends with `code`, given what could be printed. */
  exitCode(code: ExitCode): ExitCode;
}

export function createOutput(options: OutputOptions): Output {
  const { stdin, stdout, stderr, env } = process;
  const isJson = options.json ?? false;
  const isTerminal = stdout.isTTY ?? false;
  const colors = picocolors.createColors(isTerminal && !env["NO_COLOR"]);
  const complain = (line: string) => void stderr.write(`${line}\n`);
  let isOnStderr = false;
  let hasFailed = false;
  const writer = createStdoutWriter(stdout, (error) => {
    hasFailed = true;
    const message = `Can't write to stdout: ${error.message}.`;
    complain(failureLine({ code: "unexpected", message }, isJson));
  });
  stderr.on("error", () => {}); // nothing is left to report it to
  const line = async (text: string) => void (await writer.write(`${text}\n`));
  const linesOf = (printed: Printed) =>
    linesToPrint(printed, options, (mark) => colors[mark.color](mark.text));
  return {
    isJson,
    isQuiet: options.quiet ?? false,
    isTerminal,
    canAsk: isTerminal && (stdin.isTTY ?? false),
    readerGone: writer.readerGone,
    get isClosed() {
      return writer.isClosed;
    },
    line: (text) => line(visibleText(text)),
    bytes: async (chunk) => void (await writer.write(chunk)),
    async print(printed) {
      for (const text of linesOf(printed)) await line(text);
    },
    async printDone(printed) {
      for (const text of linesOf(printed)) {
        if ((await writer.write(`${text}\n`)) || writer.readerGone.aborted) continue;
        complain(text);
        isOnStderr = true;
      }
    },
    note: (text) => void (options.quiet || complain(visibleText(text))),
    trace: (text) => complain(visibleText(text)),
    failure: (failure) => complain(failureLine(failure, isJson)),
    error(error) {
      if (error instanceof Interrupted) return EXIT.interrupted;
      const { exitCode, ...failure } = explainError(error, options.store, options.adapter);
      complain(failureLine(failure, isJson));
      if (options.verbose) for (const text of stackLines(error)) complain(visibleText(text));
      return exitCode;
    },
    ask,
    exitCode(code) {
      if (!hasFailed) return code;
      if (!isOnStderr) return EXIT.failed;
      return code === EXIT.done ? EXIT.unprinted : code;
    },
  };
}

/** Returns one line of JSON: what the API returns, with errors as their code and message. */
export function toJson(value: unknown): string {
  const json = JSON.stringify(value, (_, member: unknown) =>
    member instanceof Error
      ? { code: "code" in member ? member.code : "unexpected", message: member.message }
      : member,
  );
  return visibleJson(json);
}

function linesToPrint(
  { json, text, quiet, mark }: Printed,
  { json: isJson, quiet: isQuiet }: OutputOptions,
  paint: (mark: NonNullable<Printed["mark"]>) => string,
): readonly string[] {
  if (isJson) return [toJson(json)];
  const shown = isQuiet ? quiet : typeof text === "function" ? text() : text;
  const lines = [shown ?? []].flat().map(visibleText);
  return mark === undefined ? lines : lines.map((line) => `${paint(mark)}  ${line}`);
}

function failureLine({ code, message, hint, id }: Failure, isJson: boolean): string {
  if (isJson) return toJson({ error: { code, message, hint, id } });
  return visibleText(`keywhen: ${hint === undefined ? message : `${message} ${hint}`}`);
}

/** The message can contain line ends. Stack frames begin after it. */
function stackLines(error: unknown): readonly string[] {
  if (!(error instanceof Error) || error.stack === undefined) return [];
  const { stack, message } = error;
  const frames = stack.slice(stack.indexOf(message) + message.length).split("\n");
  return [`${error.name}: ${message}`, ...frames.slice(1)];
}
