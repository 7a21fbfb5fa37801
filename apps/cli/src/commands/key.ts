import { pendingKey } from "@keywhen/core";
import type { Command } from "commander";
import { EXIT, type ExitCode } from "../exit-codes.js";
import { readTarget } from "../input/read-target.js";
import { readWhen } from "../input/read-time.js";
import { act, type Session } from "../session.js";
import { type NewEventOptions, readDeliveryTime, withNewEventOptions } from "./options.js";

interface KeyOptions extends NewEventOptions {
  readonly deliveryId?: string | undefined;
  readonly root?: string | undefined;
}

const EXAMPLES = `Examples:
  aws s3 cp x.json "s3://acme-schedule/$(keywhen key --in 10m --to reminders/42.json)"
  keywhen key --at 2026-12-24T08:00Z --to reminders/42.json --root acme/jobs
`;

export function addKey(program: Command): Command {
  const command = program
    .command("key")
    .summary("print the key of an event")
    .description("Prints the key of an event. Writing an object with this key schedules the event.")
    .addHelpText("before", EXAMPLES);
  return withNewEventOptions(command)
    .option("--delivery-id <id>", "its delivery id (default: 12 random characters)")
    .option("--root <root>", "start of the key (default: the store URL's root, or keywhen)")
    .action(act(printKey));
}

async function printKey(session: Session, options: KeyOptions): Promise<ExitCode> {
  const event = {
    ...(await readWhen(options, session.times())),
    to: readTarget(options.to),
    deliveryId: options.deliveryId,
    ...readDeliveryTime(options),
  };
  const { key } = pendingKey(event, { root: options.root ?? (await rootOfStore(session)) });
  await session.output.print({ json: { key, bytes: key.length }, text: key, quiet: key });
  return EXIT.done;
}

/** Reads a bucket URL here, because opening it would load the SDK, which takes longer than everything else. */
async function rootOfStore(session: Session): Promise<string | undefined> {
  if (session.storeUrl === undefined) return undefined;
  const path = session.hasOwnAdapter ? undefined : pathOfBucketUrl(session.storeUrl);
  if (path !== undefined) return path || undefined;
  const { root } = await session.openSchedule({ mayBeMissing: true });
  return root;
}

/** Returns the path of `s3://bucket/root?…`, or `undefined` if opening the URL explains better what is wrong. */
function pathOfBucketUrl(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "s3:" || !url.hostname || url.username || url.port || url.hash) return;
  if (!/^(?:[^%]|%[0-9a-f]{2})*$/i.test(url.pathname)) return;
  return decodeURIComponent(url.pathname).replace(/^\/+|\/+$/g, "");
}
