import { Agent } from "node:http";
import { S3Client } from "@aws-sdk/client-s3";

/** A new client without options, to compare with. It has no connections. */
export function plainClient(): S3Client {
  return new S3Client({ region: "us-east-1" });
}

/**
 * Whether a client handles requests only as the SDK itself does: it has no other middleware, which may trace, sign or change
 * requests, and no logger.
 */
export function isPlainClient(client: S3Client, plain: S3Client): boolean {
  const { logger, followRegionRedirects, bucketEndpoint } = client.config;
  if (followRegionRedirects || bucketEndpoint) return false;
  if (logger?.constructor !== plain.config.logger?.constructor) return false;
  const steps = plain.middlewareStack.identify();
  return client.middlewareStack.identify().join() === steps.join();
}

export type RequestHandler = S3Client["config"]["requestHandler"];

/** Settings of the SDK's request handler that only choose agents and a log. All others change how it sends. */
const MERE_SENDING = /^(httpAgent|httpsAgent|httpAgentProvider|throwOnRequestTimeout|logger)$/;

/**
 * Returns the agent of a request handler. `undefined` if the handler isn't the SDK's own, does more than to send (it has time
 * limits), or has sent nothing yet: it creates its agents with the first request.
 */
export type AgentOf = (handler: RequestHandler, protocol: string) => Agent | undefined;

/** `own`: a request handler of the SDK. */
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
  const readConfigs: unknown = Reflect.get(handler, "httpHandlerConfigs");
  return typeof readConfigs === "function" ? Object(readConfigs.call(handler)) : {};
}
