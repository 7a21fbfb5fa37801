import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import type { ObjectStore, ObjectStoreError } from "@keywhen/core/store";
import { listen, stopListening } from "./loopback.js";
import { SELF_SIGNED } from "./self-signed.js";
import { OPERATIONS, storeErrorOf } from "./store-operations.js";

/** Reached by the wrong scheme, or with an untrusted certificate. */
interface WrongEndpoint {
  readonly scheme: "http" | "https";
  readonly code: string;
  readonly undecided: boolean;
  readonly message: RegExp;
  readonly listen: () => Server;
}

const UNEXPLAINED =
  /answered 400 without a reason: check the endpoint \(host, port, http:\/\/ or https:\/\/\)/;

/** What to expect of every client for each wrong endpoint. */
export const WRONG_ENDPOINTS: Readonly<Record<string, WrongEndpoint>> = {
  "https:// of a plain HTTP server": {
    scheme: "https",
    code: "unavailable",
    undecided: false,
    message: /the TLS handshake failed .*: if the endpoint is a plain HTTP server, use http:\/\//,
    listen: () => answering(() => "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"),
  },
  "https:// of a server with a self-signed certificate": {
    scheme: "https",
    code: "unavailable",
    undecided: false,
    message: /certificate was refused \(.+\): check the endpoint and the/,
    listen: tlsServer,
  },
  "https:// of a port that closes the connection": {
    scheme: "https",
    code: "unavailable",
    undecided: false,
    message: /closed the connection before TLS was established .*: check the endpoint/,
    listen: () => answering(() => ""),
  },
  "http:// of a TLS server that closes the connection": {
    scheme: "http",
    code: "unavailable",
    // A dying server looks the same.
    undecided: true,
    message: /closed the connection early .*check whether it requires https:\/\//,
    listen: tlsServer,
  },
  "http:// of a TLS server that answers a TLS alert": {
    scheme: "http",
    code: "unavailable",
    undecided: false,
    message:
      /the endpoint answers in TLS .*: use https:\/\/|the answer is not HTTP .*requires https:\/\//,
    listen: () => answering(() => Buffer.from("15030300020246", "hex")),
  },
  "http:// of a TLS server that answers 400, as Go's do": {
    scheme: "http",
    code: "unexpected",
    undecided: false,
    message: UNEXPLAINED,
    listen: () => answering(() => bad("Client sent an HTTP request to an HTTPS server.\n")),
  },
  "http:// of a TLS server that answers 400, as nginx does": {
    scheme: "http",
    code: "unexpected",
    undecided: false,
    message: UNEXPLAINED,
    listen: () =>
      answering(() =>
        bad(
          "<html>\r\n<head><title>400 The plain HTTP request was sent to HTTPS port</title></head>\r\n<body></body>\r\n</html>\r\n",
          "text/html",
        ),
      ),
  },
};

/** The operations that a client must fail with the expected error. */
export const REACHING: readonly (readonly [string, (store: ObjectStore) => Promise<unknown>])[] =
  Object.entries(OPERATIONS).filter(([name]) => !/parts|delete/.test(name));

async function startWrongEndpoint(wrong: WrongEndpoint, wantedPort?: number) {
  const server = wrong.listen();
  const open = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    open.add(socket);
    socket.on("error", () => {}); // clients break off
    socket.once("close", () => open.delete(socket));
  });
  const port = await listen(server, wantedPort);
  return {
    endpoint: `${wrong.scheme}://127.0.0.1:${port}`,
    stop: () =>
      stopListening(server, () => {
        for (const socket of open) socket.destroy();
      }),
  };
}

export async function errorAt(
  wrong: WrongEndpoint,
  operate: (store: ObjectStore) => Promise<unknown>,
  open: (server: { readonly endpoint: string }) => ObjectStore,
  port?: number,
): Promise<ObjectStoreError> {
  const server = await startWrongEndpoint(wrong, port);
  try {
    return await storeErrorOf(operate(open(server)));
  } finally {
    await server.stop();
  }
}

/** How an error differs from what the endpoint should cause, a line each. */
export function mistakesIn(
  error: ObjectStoreError,
  { code, message, undecided }: WrongEndpoint,
): readonly string[] {
  const mistakes: string[] = [];
  if (!message.test(error.message)) mistakes.push(`${error.message} does not match ${message}`);
  if (error.code !== code) mistakes.push(`code ${error.code} instead of ${code}`);
  if (error.operation === "put" && error.undecided !== undecided) {
    mistakes.push(`undecided is ${error.undecided} instead of ${undecided}`);
  }
  return mistakes;
}

function tlsServer(): Server {
  const server = createTlsServer(SELF_SIGNED);
  server.on("tlsClientError", () => {}); // that is what the tests are about
  return server;
}

/** Answers any first bytes of a connection, and closes it. */
function answering(answer: () => string | Uint8Array): Server {
  return createServer((socket) => {
    socket.once("data", () => socket.end(answer()));
  });
}

function bad(body: string, type = "text/plain"): string {
  return `HTTP/1.1 400 Bad Request\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`;
}
