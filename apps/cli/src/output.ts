import { visibleText } from "@keywhen/host";
import picocolors from "picocolors";
import { ask } from "./ask.js";
import { EXIT, type ExitCode } from "./exit-codes.js";
import { explainError } from "./explain-error.js";
import { Interrupted } from "./interrupted.js";
import { createStdoutWriter } from "./stdout-writer.js";
import { toJson } from "./to-json.js";

export interface OutputOptions {
  readonly json?: boolean | undefined;
  readonly quiet?: boolean | undefined;
  readonly verbose?: boolean | undefined;
  /** The store URL, for messages. */
  readonly store?: string | undefined;
  /** The user's own module that opens it, for messages. */
  readonly adapter?: string | undefined;
}

type Color = "green" | "yellow" | "red";

/** What a command has to say of one thing that it did. */
export interface Told {
  /** What `--json` prints. */
  readonly json: unknown;
  /** A line, or several. */
  readonly text: string | readonly string[];
  /** What remains of `text` with `-q`. */
  readonly quiet?: string | undefined;
  /** What the line begins with, colored on a terminal. */
  readonly mark?: { readonly text: string; readonly color: Color } | undefined;
}

/** What went wrong, in one line, and what to do about it. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
  /** The event that it is about. */
  readonly id?: string | undefined;
}

/**
 * Data goes to stdout, everything else to stderr. What a command passes here may contain anybody's text: control
 * characters are made visible before they are printed, except in `bytes`.
 */
export interface Output {
  readonly isJson: boolean;
  /** No notes. */
  readonly isQuiet: boolean;
  /** Stdout is a terminal. */
  readonly isTerminal: boolean;
  /** Somebody can be asked. */
  readonly canAsk: boolean;
  /** Stdout has no reader any more (`| head`), or it can't be written to: no more data is wanted. */
  readonly isClosed: boolean;
  /** Aborted once stdout has no reader any more. */
  readonly readerGone: AbortSignal;
  tell(told: Told): Promise<void>;
  /** As `tell`, for what was changed: if stdout can't be written to, it goes to stderr, so that no id is lost. */
  tellDone(told: Told): Promise<void>;
  line(text: string): Promise<void>;
  /** As they are. */
  bytes(chunk: Uint8Array): Promise<void>;
  /** For people only: not with `-q`. */
  note(text: string): void;
  /** For `-v`. */
  trace(text: string): void;
  /** Something wasn't done: one line, or an object with `--json`. */
  failure(failure: Failure): void;
  /** Prints an error in one line, and returns the exit code for it. */
  error(error: unknown): ExitCode;
  /** y or yes is a yes. Throws `Interrupted` on Ctrl-C. */
  ask(question: string): Promise<boolean>;
  /** The exit code of a command that ends with `code`, given what could be printed. */
  exitCode(code: ExitCode): ExitCode;
}

export function createOutput(options: OutputOptions): Output {
  const { stdin, stdout, stderr, env } = process;
  const isJson = options.json ?? false;
  const isTerminal = stdout.isTTY ?? false;
  const colors = picocolors.createColors(isTerminal && !env["NO_COLOR"]);
  const complain = (line: string) => void stderr.write(`${line}\n`);
  let isDoneElsewhere = false;
  let hasFailed = false;
  const writer = createStdoutWriter(stdout, (error) => {
    hasFailed = true;
    complain(failureLine(stdoutFailure(error), isJson));
  });
  stderr.on("error", () => {}); // there is no way left to report it
  const line = async (text: string) => void (await writer.write(`${text}\n`));
  const linesOf = (told: Told) => toldLines(told, options, (mark) => colors[mark.color](mark.text));
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
    async tell(told) {
      for (const text of linesOf(told)) await line(text);
    },
    async tellDone(told) {
      for (const text of linesOf(told)) {
        if ((await writer.write(`${text}\n`)) || writer.readerGone.aborted) continue;
        complain(text);
        isDoneElsewhere = true;
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
      if (!isDoneElsewhere) return EXIT.failed;
      return code === EXIT.done ? EXIT.unprinted : code;
    },
  };
}

/** What is printed of something told, in lines. */
function toldLines(
  { json, text, quiet, mark }: Told,
  { json: isJson, quiet: isQuiet }: OutputOptions,
  paint: (mark: NonNullable<Told["mark"]>) => string,
): readonly string[] {
  if (isJson) return [toJson(json)];
  const said = isQuiet ? quiet : text;
  if (said === undefined) return [];
  const lines = (typeof said === "string" ? [said] : said).map(visibleText);
  return mark === undefined ? lines : lines.map((line) => `${paint(mark)}  ${line}`);
}

function failureLine({ code, message, hint, id }: Failure, isJson: boolean): string {
  if (isJson) return toJson({ error: { code, message, hint, id } });
  return visibleText(`keywhen: ${hint === undefined ? message : `${message} ${hint}`}`);
}

function stdoutFailure(error: Error): Failure {
  return { code: "unexpected", message: `Can't write to stdout: ${error.message}.` };
}

/** The message may contain line ends, the frames begin lines. */
function stackLines(error: unknown): readonly string[] {
  if (!(error instanceof Error) || error.stack === undefined) return [];
  const { stack, message } = error;
  const frames = stack.slice(stack.indexOf(message) + message.length).split("\n");
  return [`${error.name}: ${message}`, ...frames.slice(1)];
}
