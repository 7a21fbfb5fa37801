/** Writes data to stdout. */
export interface StdoutWriter {
  /** Aborted when stdout loses its reader (`| head`). */
  readonly readerGone: AbortSignal;
  /** No more data can be written. */
  readonly isClosed: boolean;
  /** Resolves to `false` if the chunk could not be written. */
  write(chunk: string | Uint8Array): Promise<boolean>;
}

/** Calls `onFailure` once, if stdout can't be written to for another reason than a lost reader (a full disk). */
export function createStdoutWriter(
  stdout: NodeJS.WriteStream,
  onFailure: (error: Error) => void,
): StdoutWriter {
  const gone = new AbortController();
  let isClosed = false;
  const close = (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") gone.abort();
    else if (!isClosed) onFailure(error);
    isClosed = true;
  };
  stdout.on("error", close);
  return {
    readerGone: gone.signal,
    get isClosed() {
      return isClosed;
    },
    write(chunk) {
      if (isClosed) return Promise.resolve(false);
      return new Promise((resolve) => {
        stdout.write(chunk, (error) => {
          if (error) close(error);
          resolve(!error);
        });
      });
    },
  };
}
