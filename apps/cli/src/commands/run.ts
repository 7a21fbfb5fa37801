import type { Command } from "commander";
import { act } from "../session.js";
import type { RunOptions } from "../sweeping/run-until-stopped.js";
import { withSweeperOptions } from "../sweeping/schedule-options.js";

const EXAMPLES = `Examples:
  keywhen run --allow 'reminders/*'
  keywhen run --poll 1s --health 8080        (GET http://127.0.0.1:8080/health)
  keywhen run --exec 'backups/*=./restore.sh'
  KEYWHEN_WEBHOOK_SECRET=whsec_… keywhen run --post 'hooks/*=https://example.com/due'
  keywhen run --forward-to http://localhost:3000/due        (for development)
`;

export function addRun(program: Command): Command {
  const command = program
    .command("run")
    .summary("deliver each event at its instant, until stopped")
    .description(
      "Delivers each event at its instant, until Ctrl-C or SIGTERM. You can run any number: they share the work.",
    )
    .addHelpText("before", EXAMPLES)
    .option("--every <duration>", "how often a sweep begins", "1m")
    .option("--poll <duration>", "how often to look for events scheduled at short notice", "5s")
    .option("--for <duration>", "end after this time: 50s, 8h")
    .option("--forward-to <url>", "post what S3 would send of each delivery, for development")
    .option("--health <port>", "answer GET /health on 127.0.0.1, with 503 if sweeps do not end")
    .option("--telemetry", "require OpenTelemetry, which is used anyway if an SDK is registered");
  return withSweeperOptions(command).action(
    act<RunOptions>(async (session, options) => {
      const { runUntilStopped } = await import("./delivery.js"); // only this verb needs it
      return runUntilStopped(session, options);
    }),
  );
}
