import { type Duration, parseDuration } from "@keywhen/core";
import { durationMs } from "@keywhen/core/internal";
import { adapterModule, allowedTargets, storeUrl, UsageError } from "@keywhen/host";
import { Command, InvalidArgumentError } from "commander";
import { isOnAws } from "./spending.js";

type Env = Readonly<Record<string, string | undefined>>;

/** How the demo was started. */
export interface DemoOptions {
  readonly storeUrl: string;
  /** No store was given, so the demo uses its folder and may add examples. */
  readonly isOwnStore: boolean;
  readonly adapter: string | undefined;
  /** Targets that it may write to; without any it does not sweep. */
  readonly allow: readonly string[];
  readonly isReadOnly: boolean;
  /** Sweeps from the start. */
  readonly sweeps: boolean;
  readonly poll: Duration;
  readonly host: string;
  /** `undefined`: the default port, or the next free one. */
  readonly port: number | undefined;
  /** Other machines can connect, so a token is needed. */
  readonly isOpen: boolean;
  readonly token: string | undefined;
  /** AWS charges for the requests. */
  readonly isOnAws: boolean;
}

const OWN_STORE = "file:./keywhen-demo-data";
const LOOPBACK = ["127.0.0.1", "localhost", "::1"];
const SHORTEST_TOKEN = 16;

const EXAMPLES = `Examples:
  npm run demo
  npm run demo -- --store s3://acme-schedule --allow 'acme-reminders/*'
  npm run demo -- --store s3://acme-schedule --read-only
`;

interface Typed {
  readonly store?: string;
  readonly adapter?: string;
  readonly allow?: readonly string[];
  readonly readOnly?: boolean;
  readonly sweep: boolean;
  readonly poll?: Duration;
  readonly port?: number;
  readonly host: string;
}

/** Reads the command line after `npm run demo --`. Throws a `CommanderError` for help and mistakes. */
export function readOptions(args: readonly string[], env: Env): DemoOptions {
  const command = new Command("npm run demo --")
    .description("Shows a page that schedules events and shows their delivery.")
    .addHelpText("before", EXAMPLES)
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ outputError: () => {} }) // main() writes it
    .option("-s, --store <url>", `where events wait (or KEYWHEN_STORE; default ${OWN_STORE})`)
    .option(
      "--adapter <module>",
      "opens the store: a file or package that exports open(url, env) (or KEYWHEN_ADAPTER)",
    )
    .option(
      "--allow <pattern...>",
      "sweep, and write to these targets: 'bucket/*', '*'; optional for file:",
    )
    .option("--no-sweep", "start with the sweeper off; the page can start it")
    .option("--read-only", "change nothing")
    .option("--poll <duration>", "how often to look for events scheduled at short notice", readPoll)
    .option("--port <port>", "the port; 0 for a free one", readPort)
    .option(
      "--host <address>",
      "the address to listen on; other machines need the token",
      "127.0.0.1",
    );
  command.parse(args, { from: "user" });
  return toOptions(command.opts<Typed>(), env);
}

function toOptions(typed: Typed, env: Env): DemoOptions {
  const given = storeUrl(typed.store, env);
  const url = given ?? OWN_STORE;
  const isReadOnly = typed.readOnly ?? false;
  const allow = isReadOnly ? [] : (allowedTargets(url, env, typed.allow) ?? []);
  const isOpen = !LOOPBACK.includes(typed.host);
  return {
    storeUrl: url,
    isOwnStore: given === undefined,
    adapter: adapterModule(typed.adapter, env),
    allow,
    isReadOnly,
    sweeps: typed.sweep && allow.length > 0,
    poll: typed.poll ?? (/^file:/i.test(url) ? "1s" : "2s"),
    host: typed.host,
    port: typed.port,
    isOpen,
    token: isOpen ? readToken(env) : undefined,
    isOnAws: isOnAws(url, env),
  };
}

function readToken(env: Env): string | undefined {
  const token = env["KEYWHEN_DEMO_TOKEN"] || undefined;
  if (token === undefined || token.length >= SHORTEST_TOKEN) return token;
  throw new UsageError(
    `KEYWHEN_DEMO_TOKEN is too short (${token.length} characters).`,
    `Use at least ${SHORTEST_TOKEN} characters, or unset it: then the demo makes one.`,
  );
}

function readPort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError("It must be a number up to 65535; 0 means a free port.");
}

function readPoll(text: string): Duration {
  const poll = parseDuration(text);
  if (durationMs(poll) >= 100 && durationMs(poll) <= 60_000) return poll;
  throw new InvalidArgumentError("It must be from 100ms to 60s.");
}
