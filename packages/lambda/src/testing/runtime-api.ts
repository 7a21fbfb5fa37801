import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** The calls of the Lambda Runtime API that a function's runtime makes, answered on loopback. */
export interface RuntimeApi {
  /** For `AWS_LAMBDA_RUNTIME_API`. */
  readonly address: string;
  /** Hands the function an invocation and resolves with its answer; rejects with what the function failed with. */
  invoke(event: unknown, timeoutMs: number): Promise<unknown>;
  /** Resolves with the error of a function that can't even start. */
  readonly initError: Promise<unknown>;
  /** The function's process has ended: what it was at fails. */
  functionEnded(): void;
  stop(): Promise<void>;
}

interface Invocation {
  readonly id: string;
  readonly body: string;
  readonly deadlineMs: number;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Lambda's own client crashes without them. */
const SAID_OF_EACH = {
  "Content-Type": "application/json",
  "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:eu-west-1:123456789012:function:sweeper",
  "Lambda-Runtime-Trace-Id":
    "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0",
};

export async function startRuntimeApi(): Promise<RuntimeApi> {
  const queued: Invocation[] = [];
  const running = new Map<string, Invocation>();
  let next: ServerResponse | undefined;
  let failInit: (error: unknown) => void = () => {};
  const initError = new Promise<unknown>((resolve) => {
    failInit = resolve;
  });

  const handOver = () => {
    const invocation = next && queued.shift();
    if (next === undefined || invocation === undefined) return;
    running.set(invocation.id, invocation);
    next.setHeader("Lambda-Runtime-Aws-Request-Id", invocation.id);
    next.setHeader("Lambda-Runtime-Deadline-Ms", String(invocation.deadlineMs));
    for (const [name, value] of Object.entries(SAID_OF_EACH)) next.setHeader(name, value);
    next.end(invocation.body);
    next = undefined;
  };

  const server = createServer(async (request, response) => {
    const path = (request.url ?? "").replace("/2018-06-01/runtime/", "");
    const body = await readJson(request);
    if (path === "invocation/next") {
      next = response;
      return handOver();
    }
    const [, id = "", verb] = path.split("/");
    if (path === "init/error") failInit(body);
    else if (verb === "response") running.get(id)?.resolve(body);
    else running.get(id)?.reject(body);
    response.writeHead(202).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  let count = 0;
  return {
    address: `127.0.0.1:${port}`,
    initError,
    invoke: (event, timeoutMs) =>
      new Promise((resolve, reject) => {
        const deadlineMs = Date.now() + timeoutMs;
        count += 1;
        queued.push({
          id: `request-${count}`,
          body: JSON.stringify(event),
          deadlineMs,
          resolve,
          reject,
        });
        handOver();
      }),
    functionEnded() {
      const error = {
        errorType: "Runtime.ExitError",
        errorMessage: "the function's process ended",
      };
      for (const { reject } of [...running.values(), ...queued.splice(0)]) reject(error);
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  return text === "" ? undefined : JSON.parse(text);
}
