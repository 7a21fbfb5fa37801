import { pendingKey } from "@keywhen/core";
import type { Command } from "commander";
import { EXIT, type ExitCode } from "../exit-codes.js";
import { readTarget } from "../read-target.js";
import { readWhen } from "../read-time.js";
import { act, type Session } from "../session.js";

interface KeyOptions {
  readonly at?: string | undefined;
  readonly in?: string | undefined;
  readonly to?: string | undefined;
  readonly deliveryId?: string | undefined;
  readonly root?: string | undefined;
}

const EXAMPLES = `Examples:
  aws s3 cp x.json "s3://acme-schedule/$(keywhen key --in 10m --to reminders/42.json)"
  keywhen key --at 2026-12-24T08:00Z --to reminders/42.json --root acme/jobs
`;

export function addKey(program: Command): Command {
  return program
    .command("key")
    .summary("print the key under which an event waits")
    .description("Prints the key under which an event waits: writing an object there schedules it.")
    .addHelpText("before", EXAMPLES)
    .option("--at <time>", "when it is due: 2026-12-24T09:00+01:00, +90m, 'tomorrow 9am'")
    .option("--in <duration>", "after how long it is due: 90s, 10m, 1.5h, 7d")
    .option("--to <bucket/key>", "where it is delivered")
    .option("--delivery-id <id>", "else 12 random characters")
    .option("--root <root>", "what keys begin with (default: the store URL's root, else keywhen)")
    .action(act(printKey));
}

async function printKey(session: Session, options: KeyOptions): Promise<ExitCode> {
  const event = {
    ...(await readWhen(options, session.times())),
    to: readTarget(options.to),
    deliveryId: options.deliveryId,
  };
  const { key } = pendingKey(event, { root: options.root ?? (await rootOfStore(session)) });
  await session.output.tell({ json: { key, bytes: key.length }, text: key, quiet: key });
  return EXIT.done;
}

/** Of a bucket's URL it is read here: the SDK, which opening it would load, takes longer than all the rest. */
async function rootOfStore(session: Session): Promise<string | undefined> {
  if (session.storeUrl === undefined) return undefined;
  const path = session.hasOwnAdapter ? undefined : pathOfBucketUrl(session.storeUrl);
  if (path !== undefined) return path || undefined;
  const home = await session.openSchedule({ mayBeMissing: true });
  return home.root;
}

/** What stands behind the bucket in `s3://bucket/root?…`; `undefined` for what opening it explains better. */
function pathOfBucketUrl(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "s3:" || !url.hostname || url.username || url.port || url.hash) return;
  if (!/^(?:[^%]|%[0-9a-f]{2})*$/i.test(url.pathname)) return;
  return decodeURIComponent(url.pathname).replace(/^\/+|\/+$/g, "");
}
