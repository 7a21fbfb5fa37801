import { type OpenedPayload, openPayload, type PayloadOptions } from "../input/payload.js";
import type { Output } from "./output.js";
import { createProgress } from "./progress.js";
import { showBytes } from "./show-size.js";

/** Opens the payload that the options name, sends it, and shows the progress on a terminal. */
export async function uploadPayload<T>(
  output: Output,
  options: PayloadOptions,
  send: (content: Pick<OpenedPayload, "body" | "size" | "contentType">) => Promise<T>,
): Promise<T> {
  await using payload = await openPayload(options, output.note);
  const { size, contentType } = payload;
  if (size === 0 && options.body === undefined) output.note("Note: the payload is empty.");
  await using progress = createUploadProgress(output, payload);
  const sent = await send({ body: progress.body, size, contentType }).catch((error) => {
    throw payload.failure() ?? error;
  });
  const failure = payload.failure(); // an outcome may leave it open what the store has done
  if (failure !== undefined) throw failure;
  return sent;
}

/** A body whose upload is shown until it is disposed of. */
interface UploadProgress extends AsyncDisposable {
  readonly body: OpenedPayload["body"];
}

/** Most uploads end before this. */
const SHOWN_AFTER_MS = 2_000;
const SHOWN_EVERY_MS = 500;

function createUploadProgress(output: Output, payload: OpenedPayload): UploadProgress {
  const progress = createProgress(output);
  if (!progress.isShown) return { body: payload.body, async [Symbol.asyncDispose]() {} };
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
  const end = async () => {
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
  return { body, [Symbol.asyncDispose]: end };
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
