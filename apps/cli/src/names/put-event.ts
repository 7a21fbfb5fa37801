import { hasCode, ScheduleError } from "@keywhen/core";
import { createNamedEvents, type PutNamedResult } from "@keywhen/core/names";
import { type NewEventOptions, readDeliveryTime } from "../commands/options.js";
import { describeDue, shardsOf, warnOfPast } from "../commands/schedule.js";
import type { ExitCode } from "../exit-codes.js";
import type { OpenedPayload, PayloadOptions } from "../input/payload.js";
import { readMetadata } from "../input/read-metadata.js";
import { readTarget } from "../input/read-target.js";
import { readWhen } from "../input/read-time.js";
import { printOutcome, quoteId } from "../outcome.js";
import { uploadPayload } from "../output/upload-payload.js";
import type { Session } from "../session.js";
import { readDuration } from "../sweeping/schedule-options.js";

export interface PutOptions extends PayloadOptions, NewEventOptions {
  readonly meta?: readonly string[] | undefined;
  readonly maxWait?: string | undefined;
  readonly search?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
}

/** The work of `keywhen put`. */
export async function putEvent(
  session: Session,
  options: PutOptions,
  [name = ""]: readonly string[],
): Promise<ExitCode> {
  const { output } = session;
  const { dryRun = false, search = false } = options;
  const when = await readWhen(options, session.times());
  const to = readTarget(options.to);
  const metadata = readMetadata(options.meta ?? []);
  const deliveryTime = readDeliveryTime(options);
  const maxWait = readDuration(options.maxWait);
  const home = await session.openSchedule({ ...options, mayBeMissing: true });
  const named = createNamedEvents({ ...home, shards: shardsOf(session.env["KEYWHEN_SHARDS"]) });
  const call = { search, signal: session.interruption() };
  const put = await uploadPayload(output, options, async ({ body, contentType }) => {
    const payload = { body: await wholeBody(body), contentType };
    return named.put(name, { ...when, to, ...payload, metadata, ...deliveryTime, maxWait }, call);
  }).catch(asOutcome);
  const exitCode = await printOutcome(output, {
    json: { ...put, ...(dryRun && { dryRun }) },
    text: () => describe(put, dryRun),
    quiet: put.id,
    problem: "problem" in put ? put.problem : undefined,
  });
  if (put.outcome === "undecided") return exitCode;
  if (put.underWay !== undefined) {
    output.note(
      `An earlier event of this name had closed, and may be delivered in addition: ${quoteId(put.underWay)}.`,
    );
  }
  warnOfPast(session, put);
  return exitCode;
}

/** A named event is put in one piece, because several tries may be needed. */
async function wholeBody(body: OpenedPayload["body"]): Promise<string | Uint8Array> {
  return body instanceof ReadableStream
    ? new Uint8Array(await new Response(body).arrayBuffer())
    : body;
}

/** An event that may be stored is an outcome with an id, which the output shows. */
function asOutcome(error: unknown) {
  if (!(error instanceof ScheduleError) || !hasCode(error, "undecided")) throw error;
  const { id, at, to, deliveryId, message } = error;
  return { outcome: error.code, id, at, to, deliveryId, problem: { message } } as const;
}

function describe(
  { outcome, id, at }: Pick<PutNamedResult, "id" | "at"> & { readonly outcome: string },
  isDryRun: boolean,
): string {
  const verbs =
    outcome === "replaced" ? ["Replaced", "Would replace"] : ["Scheduled", "Would schedule"];
  return `${verbs[isDryRun ? 1 : 0]}, for ${describeDue(at)}: ${quoteId(id)}`;
}
