import picocolors from "picocolors";
import type { ExitCode } from "./exit-codes.js";
import { explainError } from "./explain-error.js";
import { toJson } from "./to-json.js";

export interface OutputOptions {
  readonly json?: boolean | undefined;
  readonly quiet?: boolean | undefined;
  readonly verbose?: boolean | undefined;
  /** Where events wait, for messages. */
  readonly store?: string | undefined;
}

/** What a command has to say of one thing that it did. */
interface Told {
  /** What `--json` prints. */
  readonly json: unknown;
  readonly text: string;
  /** What remains of `text` with `-q`. */
  readonly quiet?: string | undefined;
}

/** What went wrong, in one line, and what to do about it. */
interface Failure {
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
}

/** Data goes to stdout, everything else to stderr. */
export interface Output {
  readonly isJson: boolean;
  /** No notes. */
  readonly isQuiet: boolean;
  /** Somebody reads stdout. */
  readonly isTerminal: boolean;
  /** Somebody can be asked. */
  readonly canAsk: boolean;
  /** Nobody reads stdout any more (`| head`), or it can't be written to: no more data is wanted. */
  readonly isClosed: boolean;
  /** Data was lost that somebody waits for (a full disk). */
  readonly hasFailed: boolean;
  readonly colors: ReturnType<typeof picocolors.createColors>;
  tell(told: Told): Promise<void>;
  line(text: string): Promise<void>;
  bytes(chunk: Uint8Array): Promise<void>;
  /** For people alone: not with `-q`. */
  note(text: string): void;
  /** What `-v` asked for. */
  trace(text: string): void;
  /** Something wasn't done: one line, or an object with `--json`. */
  failure(failure: Failure): void;
  /** Answers an error with its one line, and gives the exit code that it stands for. */
  error(error: unknown): ExitCode;
  /** y or yes is a yes. */
  ask(question: string): Promise<boolean>;
}

export function createOutput(options: OutputOptions): Output {
  const { stdin, stdout, stderr, env } = process;
  const isJson = options.json ?? false;
  const isTerminal = stdout.isTTY ?? false;
  const colors = picocolors.createColors(isTerminal && !env["NO_COLOR"]);
  let isClosed = false;
  let hasFailed = false;
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE" && !isClosed) {
      hasFailed = true;
      fail({ code: "unexpected", message: `can't write to stdout: ${error.message}.` });
    }
    isClosed = true;
  });
  stderr.on("error", () => {}); // nobody is left to be told
  const write = (chunk: string | Uint8Array) =>
    new Promise<void>((resolve) => void stdout.write(chunk, () => resolve()));
  const fail = ({ code, message, hint }: Failure) => {
    const plain = hint === undefined ? message : `${message} ${hint}`;
    const json = () => toJson({ error: { code, message, hint } });
    stderr.write(isJson ? `${json()}\n` : `keywhen: ${plain}\n`);
  };
  const line = (text: string) => write(`${text}\n`);
  return {
    isJson,
    isQuiet: options.quiet ?? false,
    isTerminal,
    canAsk: isTerminal && (stdin.isTTY ?? false),
    get isClosed() {
      return isClosed;
    },
    get hasFailed() {
      return hasFailed;
    },
    colors,
    line,
    bytes: write,
    async tell({ json, text, quiet }) {
      const said = isJson ? toJson(json) : options.quiet ? quiet : text;
      if (said !== undefined) await line(said);
    },
    note(text) {
      if (!options.quiet) stderr.write(`${text}\n`);
    },
    trace: (text) => void stderr.write(`${text}\n`),
    failure: fail,
    error(error) {
      const { exitCode, ...failure } = explainError(error, options.store);
      fail(failure);
      if (options.verbose && error instanceof Error) stderr.write(`${error.stack}\n`);
      return exitCode;
    },
    async ask(question) {
      const { createInterface } = await import("node:readline/promises");
      const reader = createInterface({ input: stdin, output: stderr });
      try {
        return /^y(es)?$/i.test((await reader.question(`${question} [y/N] `)).trim());
      } finally {
        reader.close();
      }
    },
  };
}
