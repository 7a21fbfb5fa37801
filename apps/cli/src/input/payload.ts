import { type FileHandle, open } from "node:fs/promises";
import { UsageError } from "@keywhen/host";
import { ChangedFileError } from "../output/explain-error.js";
import { typeOfFile, typeOfText } from "./content-type.js";

/** The payload of an event. A small body is kept in memory, so that a failed put can be repeated. */
export interface OpenedPayload extends AsyncDisposable {
  readonly body: string | Uint8Array | ReadableStream<Uint8Array>;
  /** In bytes, if known. */
  readonly size: number | undefined;
  readonly contentType: string | undefined;
  /** Returns the error that ended reading the body, if there was one. A store wraps it in another error. */
  failure(): unknown;
}

export interface PayloadOptions {
  readonly file?: string | undefined;
  readonly body?: string | undefined;
  readonly type?: string | undefined;
}

const HELD_MAX_BYTES = 4_194_304;

/** Opens the payload of `--body`, `--file` or stdin. Throws a `UsageError` if no payload is given. */
export async function openPayload(
  options: PayloadOptions,
  note: (text: string) => void,
): Promise<OpenedPayload> {
  const { file, body, type } = options;
  if (file !== undefined && body !== undefined) {
    throw new UsageError("Both --file and --body are given.", "Leave one out.");
  }
  if (body !== undefined) {
    const size = Buffer.byteLength(body);
    return { body, size, contentType: type ?? typeOfText(body), ...HELD };
  }
  if (file !== undefined && file !== "-") return openFile(file, type);
  if (process.stdin.isTTY && file === "-") {
    note("Reading the payload from the terminal. Ctrl-D on an empty line ends it.");
  } else if (process.stdin.isTTY) {
    throw new UsageError(
      "No payload is given.",
      "Give --file, --body or a pipe; --body '' for an empty one.",
    );
  }
  const piped = await holdIfSmall(process.stdin);
  return {
    ...piped,
    contentType: type,
    failure: () => undefined,
    [Symbol.asyncDispose]: async () => void process.stdin.destroy(),
  };
}

const HELD = { failure: () => undefined, [Symbol.asyncDispose]: async () => {} };

async function openFile(name: string, type: string | undefined): Promise<OpenedPayload> {
  const handle = await open(name).catch((cause: unknown) => {
    throw unreadable(name, cause);
  });
  try {
    const info = await handle.stat();
    if (info.isDirectory()) throw unreadable(name, { code: "EISDIR" });
    const size = info.isFile() ? info.size : undefined; // a named pipe has no size
    const contentType = type ?? typeOfFile(name);
    if (size !== undefined && size <= HELD_MAX_BYTES) {
      const bytes = await handle.readFile();
      await handle.close();
      return { body: bytes, size: bytes.length, contentType, ...HELD };
    }
    return streamed({ handle, name, size }, contentType);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

interface OpenedFile {
  readonly handle: FileHandle;
  readonly name: string;
  readonly size: number | undefined;
}

function streamed(file: OpenedFile, contentType: string | undefined): OpenedPayload {
  let failure: unknown;
  const chunks = readChunks(file, (error) => {
    failure = error;
  });
  return {
    // Not `Readable.toWeb`: its queue counts chunks instead of bytes.
    body: ReadableStream.from(chunks),
    size: file.size,
    contentType,
    failure: () => failure,
    [Symbol.asyncDispose]: () => file.handle.close(),
  };
}

const CHUNK_BYTES = 262_144;

/**
 * Reads into the same memory each time, which the body of a put allows, because Node frees buffers late. Throws a
 * `ChangedFileError` if the file has another size than when it was opened.
 */
async function* readChunks(
  { handle, name, size }: OpenedFile,
  onFailure: (error: unknown) => void,
): AsyncGenerator<Uint8Array, void> {
  const memory = new Uint8Array(CHUNK_BYTES);
  const fail = (error: unknown): never => {
    onFailure(error);
    throw error;
  };
  let readBytes = 0;
  for (;;) {
    const { bytesRead, buffer } = await handle
      .read(memory)
      .catch((cause: unknown) => fail(unreadable(name, cause)));
    readBytes += bytesRead;
    if (size !== undefined && readBytes > size) fail(new ChangedFileError(name, "grew"));
    if (bytesRead > 0) yield buffer.subarray(0, bytesRead);
    else if (size !== undefined && readBytes < size) fail(new ChangedFileError(name, "shrank"));
    else return;
  }
}

/** Reads up to the limit. Returns bytes if the source has ended, otherwise a stream of everything. */
async function holdIfSmall(
  source: AsyncIterable<Uint8Array>,
): Promise<Pick<OpenedPayload, "body" | "size">> {
  const chunks = source[Symbol.asyncIterator]();
  const held: Uint8Array[] = [];
  let heldBytes = 0;
  while (heldBytes <= HELD_MAX_BYTES) {
    const next = await chunks.next();
    if (next.done) return { body: Buffer.concat(held), size: heldBytes };
    held.push(next.value);
    heldBytes += next.value.length;
  }
  return { body: ReadableStream.from(goOn(held, chunks)), size: undefined };
}

async function* goOn(
  held: Uint8Array[],
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  for (let chunk = held.shift(); chunk !== undefined; chunk = held.shift()) yield chunk;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of its path is not a folder",
};

function unreadable(name: string, cause: unknown): UsageError {
  const code =
    typeof cause === "object" && cause !== null && "code" in cause ? cause.code : undefined;
  const reason = REASONS[String(code)] ?? (cause instanceof Error ? cause.message : String(code));
  return new UsageError(`Can't read ${name}: ${reason}.`, "Correct --file, or the file.", cause);
}
