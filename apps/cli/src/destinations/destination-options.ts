import type { Command } from "commander";

/** Where events go that are not copied. */
export interface DestinationOptions {
  readonly exec?: readonly string[] | undefined;
  readonly post?: readonly string[] | undefined;
  readonly timeout?: string | undefined;
  readonly inFlight?: string | undefined;
  readonly allowHttp?: boolean | undefined;
}

export function withDestinationOptions(program: Command): Command {
  return program
    .optionsGroup("Instead of copying:")
    .option("--exec <pattern=command...>", "run a command for each event: 'backups/*=./restore.sh'")
    .option(
      "--post <pattern=url...>",
      "post each event as a webhook: 'hooks/*=https://example.com/due' (needs KEYWHEN_WEBHOOK_SECRET)",
    )
    .option("--timeout <duration>", "time limit of a command (10m) or a webhook (30s)")
    .option(
      "--in-flight <count>",
      "the most commands (one for each processor) or webhooks (16) of a bucket at the same time",
    )
    .option("--allow-http", "allow --post to http:// on the public internet");
}
