import type { Command } from "commander";

/** The options that name several events. */
export interface GroupOptions {
  readonly deliveryId?: string | undefined;
  readonly to?: string | undefined;
  readonly from?: string | undefined;
  readonly until?: string | undefined;
}

/** Only verbs that change nothing take `--to`. */
export function withGroupOptions(command: Command): Command {
  return command
    .option("--delivery-id <id>", "events with this delivery id, or that begin so: 'order-42/*'")
    .option("--from <time>", "of these, only those due at this time or later")
    .option("--until <time>", "of these, only those due before this time");
}
