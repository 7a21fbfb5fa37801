import {
  createSweeper,
  type Duration,
  durationMs,
  type Observer,
  parseDuration,
  type ScheduleLocation,
  systemClock,
} from "@keywhen/core";
import { sweepOwner, UsageError } from "@keywhen/host";
import { allowedTargets } from "./allowed-targets.js";
import { EXIT, type ExitCode } from "./exit-codes.js";
import { type ForwardAddress, readForwardAddress } from "./forward-address.js";
import { createForwarder, type Forwarder } from "./forwarder.js";
import type { Output } from "./output.js";
import { createProgress } from "./progress.js";
import { type KeyOptions, withKeys } from "./read-codec.js";
import { serveHealth } from "./run-health.js";
import { createRunLines, type Delivered, type RunLines, startOf } from "./run-lines.js";
import { newRunState, observeRun, type RunState } from "./run-state.js";
import { createRunStatus, type RunStatus } from "./run-status.js";
import type { Session } from "./session.js";
import { showCount } from "./show-size.js";
import { showSpan } from "./show-time.js";
import { openTelemetry } from "./telemetry.js";

export interface RunOptions extends KeyOptions {
  readonly verbose?: boolean | undefined;
  readonly every: string;
  readonly poll: string;
  readonly for?: string | undefined;
  readonly allow?: readonly string[] | undefined;
  readonly maxAge?: string | undefined;
  readonly forwardTo?: string | undefined;
  readonly health?: string | undefined;
  readonly telemetry?: boolean | undefined;
}

/** The work of `keywhen run`. */
export async function runUntilStopped(session: Session, options: RunOptions): Promise<ExitCode> {
  const settings = readSettings(session, options);
  const home = await session.openSchedule();
  const state = newRunState();
  const telemetry = await openTelemetry(options.telemetry ?? false, session.output.note);
  await using health = await openHealth(settings, state);
  const noteStart = () => {
    session.output.note(describeStart(session, settings, health?.url));
    session.noteMissingFolder();
  };
  await sweepOn(session, settings, { state, telemetry, noteStart }, await withKeys(home, options));
  session.output.note(describeEnd(state));
  return EXIT.done;
}

interface RunParts {
  readonly state: RunState;
  readonly telemetry: Observer | undefined;
  /** Called once the settings are accepted. */
  readonly noteStart: () => void;
}

/** Until it is to end, and all is printed and forwarded. */
async function sweepOn(
  session: Session,
  settings: Settings,
  { state, telemetry, noteStart }: RunParts,
  home: ScheduleLocation,
) {
  const { output } = session;
  const { every, poll, allowTargets, maxAge } = settings;
  await using status = createRunStatus(createProgress(settings.progress), state, home);
  const lines = createRunLines(output, session.storeUrl);
  const forwarder = openForwarder(settings.forwardTo, lines, status);
  const tell = createTeller(session, lines, forwarder, status);
  const ending = new AbortController();
  const observe: Observer = (event) => {
    observeRun(state, event);
    telemetry?.(event);
    status.around(() => tell(event));
  };
  const interruption = session.interruption((text) => status.around(() => output.note(text)));
  const signal = AbortSignal.any([interruption, ending.signal, output.readerGone]);
  endAfter(settings.for, ending, signal);
  const owner = sweepOwner();
  try {
    const sweeper = createSweeper({ ...home, allowTargets, maxAge, owner, observe });
    const sweeping = sweeper.start({ every, poll, signal });
    status.around(noteStart);
    await sweeping.done;
  } finally {
    ending.abort();
    await forwarder?.end();
  }
}

interface Settings {
  readonly every: Duration;
  readonly poll: Duration;
  readonly for: Duration | undefined;
  readonly maxAge: Duration | undefined;
  readonly allowTargets: readonly string[];
  readonly forwardTo: ForwardAddress | undefined;
  readonly healthPort: number | undefined;
  /** Where a line that shows what goes on would be in the way. */
  readonly progress: Pick<Output, "isJson" | "isQuiet">;
}

function readSettings(session: Session, options: RunOptions): Settings {
  const { forwardTo, health, maxAge, verbose = false } = options;
  const { isJson, isQuiet } = session.output;
  return {
    every: parseDuration(options.every),
    poll: parseDuration(options.poll),
    for: options.for === undefined ? undefined : parseDuration(options.for),
    maxAge: maxAge === undefined ? undefined : parseDuration(maxAge),
    allowTargets: allowedTargets(session, options.allow),
    forwardTo: forwardTo === undefined ? undefined : readForwardAddress(forwardTo),
    healthPort: health === undefined ? undefined : readPort(health),
    progress: { isJson, isQuiet: isQuiet || verbose },
  };
}

function readPort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new UsageError(
    `--health must be a port number up to 65535 (got "${text}").`,
    "0 takes any free port.",
  );
}

async function openHealth({ healthPort, every }: Settings, state: RunState) {
  if (healthPort === undefined) return undefined;
  return serveHealth(healthPort, state, durationMs(every));
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

/** Says what is to be said of each event. */
function createTeller(
  { output }: Session,
  lines: RunLines,
  forwarder: Forwarder | undefined,
  status: RunStatus,
): Observer {
  const tellJson = (json: unknown) => void output.tell({ json, text: "" });
  const forward = async (event: Delivered, { send }: Forwarder) => {
    const forwarded = await send({ ...event.to, size: event.size, copiedAt: startOf(event) });
    if (output.isJson) return tellJson({ type: forwarded.outcome, id: event.id, ...forwarded });
    status.around(() => lines.delivered(event, forwarded));
  };
  return (event) => {
    if (output.isJson) tellJson(event);
    else lines.observe(event);
    if (event.type !== "delivered") return;
    if (forwarder !== undefined) void forward(event, forwarder);
    else if (!output.isJson) lines.delivered(event);
  };
}

function endAfter(span: Duration | undefined, ending: AbortController, signal: AbortSignal): void {
  if (span === undefined) return;
  void systemClock.sleep(durationMs(span), { signal }).then(() => ending.abort());
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

function describeEnd({ delivered, dead, requests, beganMs }: RunState): string {
  const span = showSpan(systemClock.monotonic() - beganMs);
  const counts = `${showCount(delivered)} delivered, ${showCount(dead)} given up`;
  return `Stopped after ${span}: ${counts}, ${showCount(requests)} ${requests === 1 ? "request" : "requests"}.`;
}
