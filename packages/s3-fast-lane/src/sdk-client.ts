import { Agent } from "node:http";
import { S3Client } from "@aws-sdk/client-s3";

/** A new client without options, to compare with. It holds no connections. */
export function plainClient(): S3Client {
  return new S3Client({ region: "us-east-1" });
}

/**
 * Whether a client does to a request nothing but what the SDK itself does: no middleware of the user's, which
 * may trace, sign or change requests, and no logger that would be told of them.
 */
export function isPlainClient(client: S3Client, plain: S3Client): boolean {
  const { logger, followRegionRedirects, bucketEndpoint } = client.config;
  if (followRegionRedirects || bucketEndpoint) return false;
  if (logger?.constructor !== plain.config.logger?.constructor) return false;
  const steps = plain.middlewareStack.identify();
  return client.middlewareStack.identify().join() === steps.join();
}

export type RequestHandler = S3Client["config"]["requestHandler"];

/** Settings of the SDK's own request handler that ask nothing of it but to send by its agents. */
const MERE_SENDING = /^(httpAgent|httpsAgent|httpAgentProvider|throwOnRequestTimeout|logger)$/;

/**
 * The agent by which a request handler sends. `undefined` if it isn't the SDK's own, has more to do than to send, such as
 * to keep time limits, or has sent nothing yet: with its first request it settles what its agents are.
 */
export type AgentOf = (handler: RequestHandler, protocol: string) => Agent | undefined;

/** `own`: a request handler that the SDK has made. */
export function agentOfOwn({ constructor: own }: RequestHandler): AgentOf {
  let known: object = {};
  let doesMerelySend = false;
  return (handler, protocol) => {
    if (handler.constructor !== own || Object.hasOwn(handler, "handle")) return undefined;
    const settings = settingsOf(handler);
    if (settings !== known) {
      known = settings;
      doesMerelySend = Object.entries(settings).every(
        ([name, value]) => !value || MERE_SENDING.test(name),
      );
    }
    if (!doesMerelySend) return undefined;
    const name = protocol === "https:" ? "httpsAgent" : "httpAgent";
    const agent: unknown = Reflect.get(settings, name);
    return agent instanceof Agent ? agent : undefined;
  };
}

function settingsOf(handler: RequestHandler): object {
  const tell: unknown = Reflect.get(handler, "httpHandlerConfigs");
  return typeof tell === "function" ? Object(tell.call(handler)) : {};
}
