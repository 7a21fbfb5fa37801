import {
  createSweeper,
  type Duration,
  type Observer,
  parseDuration,
  type ScheduleLocation,
} from "@keywhen/core";
import { durationMs, systemClock } from "@keywhen/core/internal";
import { sweepOwner } from "@keywhen/host";
import { recurringWakeUps } from "@keywhen/recurring";
import { EXIT, type ExitCode } from "../exit-codes.js";
import { readPort } from "../input/read-numbers.js";
import { createProgress } from "../output/progress.js";
import { showCount } from "../output/show-size.js";
import { showSpan } from "../output/show-time.js";
import type { Session } from "../session.js";
import {
  createForwarder,
  type ForwardAddress,
  type Forwarder,
  readForwardAddress,
} from "./forwarder.js";
import { serveHealth } from "./run-health.js";
import { createRunLines, type Delivered, type RunLines, startOf } from "./run-lines.js";
import { newRunState, observeRun, type RunState, waitingAfterFailure } from "./run-state.js";
import { createRunStatus, type RunStatus } from "./run-status.js";
import { readDuration, type SweeperOptions, withKeys } from "./schedule-options.js";
import { keepHeapSmall } from "./small-heap.js";
import { readSweeperOptions } from "./sweeper-settings.js";
import { openTelemetry } from "./telemetry.js";

export interface RunOptions extends SweeperOptions {
  readonly verbose?: boolean | undefined;
  readonly every: string;
  readonly poll: string;
  readonly for?: string | undefined;
  readonly forwardTo?: string | undefined;
  readonly health?: string | undefined;
  readonly telemetry?: boolean | undefined;
}

/** The work of `keywhen run`. */
export async function runUntilStopped(session: Session, options: RunOptions): Promise<ExitCode> {
  const { output } = session;
  const settings = readSettings(session, options);
  keepHeapSmall();
  const home = await session.openSchedule();
  const state = newRunState();
  const telemetry = await openTelemetry(options.telemetry ?? false, output.note);
  const { healthPort, every } = settings;
  await using health =
    healthPort === undefined ? undefined : await serveHealth(healthPort, state, durationMs(every));
  const noteStart = () => {
    output.note(describeStart(session, settings, health?.url));
    session.noteMissingFolder();
  };
  await sweepOn(session, settings, { state, telemetry, noteStart }, await withKeys(home, options));
  output.note(describeEnd(state));
  return EXIT.done;
}

interface RunParts {
  readonly state: RunState;
  readonly telemetry: Observer | undefined;
  /** Called once the settings are accepted. */
  readonly noteStart: () => void;
}

/** Sweeps until the end of the run. Resolves when everything is printed and forwarded. */
async function sweepOn(
  session: Session,
  settings: Settings,
  { state, telemetry, noteStart }: RunParts,
  home: ScheduleLocation,
) {
  const { output } = session;
  const { every, poll, allowTargets, maxAge, journal, openDestinations } = settings;
  const progress = { isJson: output.isJson, isQuiet: settings.isQuiet };
  await using status = createRunStatus(createProgress(progress), state, home);
  const lines = createRunLines(output, session.storeUrl);
  const forwarder = openForwarder(settings.forwardTo, lines, status);
  const print = createPrinter(session, lines, forwarder, status);
  const ending = new AbortController();
  const observe: Observer = (event) => {
    observeRun(state, event);
    telemetry?.(event);
    status.around(() => print(event));
  };
  const interruption = session.interruption((text) => status.around(() => output.note(text)));
  const signal = AbortSignal.any([interruption, ending.signal, output.readerGone]);
  if (settings.for !== undefined) {
    const sleeping = systemClock.sleep(durationMs(settings.for), { signal });
    void sleeping.then(() => ending.abort());
  }
  try {
    const owner = sweepOwner();
    const sweeper = createSweeper({
      ...home,
      allowTargets,
      maxAge,
      journal,
      destinations: openDestinations?.((text) => status.around(() => lines.note(text))),
      owner,
      wakeUps: recurringWakeUps(),
      observe,
    });
    const sweeping = sweeper.start({ every, poll, signal });
    status.around(noteStart);
    await sweeping.done;
  } finally {
    ending.abort();
    await forwarder?.end();
  }
}

interface Settings extends ReturnType<typeof readSweeperOptions> {
  readonly every: Duration;
  readonly poll: Duration;
  readonly for: Duration | undefined;
  readonly forwardTo: ForwardAddress | undefined;
  readonly healthPort: number | undefined;
  /** No status line. */
  readonly isQuiet: boolean;
}

function readSettings(session: Session, options: RunOptions): Settings {
  const { forwardTo, health, verbose = false } = options;
  return {
    every: parseDuration(options.every),
    poll: parseDuration(options.poll),
    for: readDuration(options.for),
    ...readSweeperOptions(session, options),
    forwardTo: forwardTo === undefined ? undefined : readForwardAddress(forwardTo),
    healthPort: health === undefined ? undefined : readPort("--health", health),
    isQuiet: session.output.isQuiet || verbose,
  };
}

function openForwarder(
  address: ForwardAddress | undefined,
  lines: RunLines,
  status: RunStatus,
): Forwarder | undefined {
  if (address === undefined) return undefined;
  return createForwarder({
    address,
    onRetry: ({ bucket, key }, why) =>
      status.around(() => lines.note(`→ ${why}  ${bucket}/${key}  trying again`)),
  });
}

/** Prints what there is to print about each event, and forwards deliveries. */
function createPrinter(
  { output }: Session,
  lines: RunLines,
  forwarder: Forwarder | undefined,
  status: RunStatus,
): Observer {
  const printJson = (json: unknown) => void output.print({ json, text: "" });
  const forward = async (event: Delivered, { send }: Forwarder) => {
    const forwarded = await send({ ...event.to, size: event.size, copiedAt: startOf(event) });
    if (output.isJson) return printJson({ type: forwarded.outcome, id: event.id, ...forwarded });
    status.around(() => lines.delivered(event, forwarded));
  };
  return (event) => {
    if (output.isJson) printJson(event);
    else lines.observe(event);
    if (event.type !== "delivered") return;
    if (forwarder !== undefined) void forward(event, forwarder);
    else if (!output.isJson) lines.delivered(event);
  };
}

function describeStart(
  { storeUrl }: Session,
  { every, poll, for: span }: Settings,
  healthUrl: string | undefined,
): string {
  const until = span === undefined ? "until Ctrl-C" : `for ${span}`;
  const sweeps = `Sweeping ${storeUrl} every ${every}, looking for new events every ${poll}, ${until}.`;
  return healthUrl === undefined ? sweeps : `${sweeps} Health: ${healthUrl}`;
}

function describeEnd(state: RunState): string {
  const { delivered, dead, requests, beganMs } = state;
  const span = showSpan(systemClock.monotonic() - beganMs);
  const waiting = waitingAfterFailure(state);
  const left = waiting === 0 ? "" : `, ${showCount(waiting)} waiting for another try`;
  const counts = `${showCount(delivered)} delivered, ${showCount(dead)} dead-lettered${left}`;
  return `Stopped after ${span}: ${counts}, ${showCount(requests)} ${requests === 1 ? "request" : "requests"}.`;
}
