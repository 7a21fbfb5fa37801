import { once } from "node:events";
import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request,
  type ServerResponse,
} from "node:http";
import { buffer } from "node:stream/consumers";
import { listen, stopListening } from "@keywhen/test-servers";

/** A server that passes all requests on to another. */
export interface Relay {
  readonly endpoint: string;
  readonly stop: () => Promise<void>;
}

/**
 * Azurite has no Put Block From URL. This relay reads the range from the source of the copy, with the permission that the
 * request has, and sends it to Azurite as a Put Block. It passes on all other requests unchanged.
 */
export async function withBlockCopies(
  azurite: string,
  sign: (blockUrl: URL) => Promise<string>,
): Promise<Relay> {
  const server = createServer((incoming, outgoing) => {
    const isBlockCopy =
      incoming.headers["x-ms-copy-source"] !== undefined && incoming.url?.includes("comp=block");
    const answering = isBlockCopy ? copyBlock(incoming, outgoing) : pass(incoming, outgoing);
    answering.catch((error: unknown) => outgoing.destroy(Error(String(error))));
  });

  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method, headers, url } = incoming;
    const onward = request(`${azurite}${url}`, { method, headers });
    incoming.pipe(onward);
    const [answer]: IncomingMessage[] = await once(onward, "response");
    if (answer === undefined) throw new Error("no answer");
    outgoing.writeHead(answer.statusCode ?? 500, answer.rawHeaders);
    answer.pipe(outgoing);
  }

  async function copyBlock(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const range = String(incoming.headers["x-ms-source-range"]);
    const read = await ask("GET", String(incoming.headers["x-ms-copy-source"]), { range });
    if (read.status >= 300) {
      outgoing.writeHead(read.status, { "x-ms-error-code": "CannotVerifyCopySource" }).end();
      return;
    }
    const put = await ask("PUT", await sign(new URL(`${azurite}${incoming.url}`)), {}, read.body);
    outgoing.writeHead(put.status, put.headers).end(put.body);
  }

  return {
    endpoint: `http://127.0.0.1:${await listen(server)}`,
    stop: () => stopListening(server, () => server.closeAllConnections()),
  };
}

/** Not by fetch, which unpacks packed bodies. */
async function ask(method: string, url: string, headers: OutgoingHttpHeaders, sent?: Buffer) {
  const asking = request(url, {
    method,
    headers: { "content-length": sent?.length ?? 0, ...headers },
  });
  asking.end(sent);
  const [answer]: IncomingMessage[] = await once(asking, "response");
  if (answer === undefined) throw new Error("no answer");
  const { statusCode: status = 500, rawHeaders } = answer;
  return { status, headers: rawHeaders, body: await buffer(answer) };
}
