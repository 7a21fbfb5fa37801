import type { Command } from "commander";
import { ALLOW_OPTION } from "../allowed-targets.js";
import { withKeyOptions } from "../read-codec.js";
import type { RunOptions } from "../run-until-stopped.js";
import { act } from "../session.js";

const EXAMPLES = `Examples:
  keywhen run --allow 'reminders/*'
  keywhen run --poll 1s --health 8080        (GET http://127.0.0.1:8080/health)
  keywhen run --forward-to http://localhost:3000/due        (for development)
`;

export function addRun(program: Command): Command {
  const command = program
    .command("run")
    .summary("deliver each event at its instant, until stopped")
    .description(
      "Delivers each event at its instant, until Ctrl-C or SIGTERM. Any number may run: they share the work.",
    )
    .addHelpText("before", EXAMPLES)
    .option(...ALLOW_OPTION)
    .option("--every <duration>", "the interval in which sweeps follow each other", "1m")
    .option("--poll <duration>", "look for what was scheduled at short notice so often", "5s")
    .option("--for <duration>", "end by itself after this time: 50s, 8h")
    .option("--max-age <duration>", "how long a failing event is tried before it is given up (24h)")
    .option("--forward-to <url>", "post what S3 would send of each delivery, for development")
    .option("--health <port>", "answer GET /health on 127.0.0.1; 503 if sweeps come to nothing")
    .option("--telemetry", "insist on telling OpenTelemetry, as it does if an SDK is registered");
  return withKeyOptions(command).action(
    act<RunOptions>(async (session, options) => {
      const { runUntilStopped } = await import("../delivery.js"); // other verbs need none of it
      return runUntilStopped(session, options);
    }),
  );
}
