import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";

/** A webhook as it arrived. */
export interface ReceivedWebhook {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface ReceiverServer extends AsyncDisposable {
  readonly url: string;
  readonly received: readonly ReceivedWebhook[];
}

/** Starts a receiver on loopback that keeps what it gets, and calls `answer` for each. */
export async function startReceiver(
  answer: (response: ServerResponse, webhook: ReceivedWebhook) => void,
): Promise<ReceiverServer> {
  const received: ReceivedWebhook[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk);
    } catch {
      return; // the sender broke off
    }
    const { headers, url: path = "" } = request;
    const webhook = { path, headers, body: Buffer.concat(chunks) };
    received.push(webhook);
    answer(response, webhook);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}
