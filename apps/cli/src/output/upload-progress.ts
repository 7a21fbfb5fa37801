import type { OpenedPayload } from "../input/payload.js";
import type { Output } from "./output.js";
import { createProgress } from "./progress.js";
import { showBytes } from "./show-size.js";

export { openPayload } from "../input/payload.js";

/** A body whose upload is shown on a terminal. */
export interface UploadProgress extends AsyncDisposable {
  readonly body: OpenedPayload["body"];
  /** Removes the line. */
  end(): void;
}

/** Most uploads end before this. */
const SHOWN_AFTER_MS = 2_000;
const SHOWN_EVERY_MS = 500;

export function createUploadProgress(output: Output, payload: OpenedPayload): UploadProgress {
  const progress = createProgress(output);
  if (!progress.isShown) return { body: payload.body, end() {}, async [Symbol.asyncDispose]() {} };
  const total = payload.size === undefined ? "" : ` of ${showBytes(payload.size)}`;
  let sentBytes: number | undefined;
  const show = () =>
    progress.show(
      sentBytes === undefined ? "Storing …" : `Sending: ${showBytes(sentBytes)}${total}`,
    );
  let timer = setTimeout(() => {
    show();
    timer = setInterval(show, SHOWN_EVERY_MS);
  }, SHOWN_AFTER_MS);
  const end = () => {
    clearTimeout(timer); // intervals as well
    progress.clear();
  };
  const body =
    payload.body instanceof ReadableStream
      ? ReadableStream.from(
          counted(payload.body, (bytes) => {
            sentBytes = (sentBytes ?? 0) + bytes;
          }),
        )
      : payload.body;
  return { body, end, [Symbol.asyncDispose]: async () => end() };
}

async function* counted(
  body: ReadableStream<Uint8Array>,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of body) {
    yield chunk;
    onBytes(chunk.length);
  }
}
