import { type Duration, parseDuration } from "@keywhen/core";
import type { Destination, DestinationEvent } from "@keywhen/core/destination";
import { durationMs } from "@keywhen/core/internal";
import { UsageError } from "@keywhen/host";
import { destinationsOf, readKeyRule, readWebhookRules } from "@keywhen/host/destinations";
import type { Session } from "../session.js";
import { command } from "./command.js";
import type { DestinationOptions } from "./destination-options.js";

/** How much of a deadline a sweep keeps for its end. */
const RESERVE_MS = 2_000;

/** Returns the destinations of a sweeper. What commands print is passed to `note`. */
export type OpenDestinations = (
  note: (text: string) => void,
) => Readonly<Record<string, Destination>>;

/** Reads where events go that are not copied; `undefined` if they are all copied. */
export function readDestinations(
  { env }: Session,
  options: DestinationOptions,
  deadline?: Duration | undefined,
): OpenDestinations | undefined {
  const { exec = [], post = [], allowHttp } = options;
  if (exec.length + post.length === 0) return undefined;
  const timeout = options.timeout === undefined ? undefined : parseDuration(options.timeout);
  const concurrency = readInFlight(options.inFlight);
  const commands = exec.map((text) => readKeyRule("--exec", text, "'backups/*=./restore.sh'"));
  const webhookSettings = { setting: "--post", env, timeout, concurrency, allowHttp };
  const webhooks = readWebhookRules(post, webhookSettings);
  const mixed = commands.find(({ bucket }) => webhooks.some((other) => other.bucket === bucket));
  if (mixed !== undefined) {
    throw new UsageError(
      `Both --exec and --post are given for the bucket "${mixed.bucket}".`,
      "Use another bucket for one of them.",
    );
  }
  const open: OpenDestinations = (note) => {
    const onOutput = ({ destination, key }: DestinationEvent, line: string) =>
      note(`${destination}/${key}: ${line}`);
    const commandOptions = { env, timeout, concurrency, onOutput };
    const ofCommands = commands.map((rule) => ({ ...rule, to: command(rule.to, commandOptions) }));
    return destinationsOf([...ofCommands, ...webhooks]);
  };
  const destinations = open(() => {}); // checks them before the store is opened
  if (deadline !== undefined) refuseShortDeadline(destinations, deadline);
  return open;
}

function readInFlight(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1) return count;
  throw new UsageError(`--in-flight must be a whole number from 1 (got "${text}").`);
}

/** A sweep starts nothing that may not end before its deadline. */
function refuseShortDeadline(
  destinations: Readonly<Record<string, Destination>>,
  deadline: Duration,
): void {
  const availableMs = durationMs(deadline) - RESERVE_MS;
  for (const { timeout = "1m" } of Object.values(destinations)) {
    if (durationMs(timeout) <= availableMs) continue;
    throw new UsageError(
      `--deadline ${deadline} leaves no time for a command or a webhook that may take ${timeout}.`,
      "Give a shorter --timeout, or a later --deadline.",
    );
  }
}
