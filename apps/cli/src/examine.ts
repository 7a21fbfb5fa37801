import { examineStore, type Finding } from "@keywhen/doctor";
import { listedTargets } from "@keywhen/host";
import { EXIT, type ExitCode } from "./exit-codes.js";
import type { Told } from "./output.js";
import type { CommandSchedule, Session } from "./session.js";

export interface DoctorOptions {
  readonly allow?: readonly string[] | undefined;
  readonly probe?: boolean | undefined;
}

/** Tells finding by finding whether the store can be trusted. */
export async function examine(session: Session, options: DoctorOptions): Promise<ExitCode> {
  const { output } = session;
  const home = await session.openSchedule({ mayBeMissing: true });
  const signal = session.interruption();
  const examined = examineStore({
    store: home.store,
    bucket: home.bucket,
    root: home.root,
    allowTargets: options.allow ?? listedTargets(session.env),
    probe: options.probe,
    signal,
  });
  const findings: Finding[] = [];
  for await (const finding of withInspection(examined, home, signal)) {
    findings.push(finding);
    if (!output.isJson) await output.tell(lineOf(finding));
  }
  if (output.isJson) await output.tell({ json: { checks: findings.map(checkOf) }, text: "" });
  return findings.some(({ status }) => status === "fail") ? EXIT.failed : EXIT.done;
}

/** What the adapter knows to look at comes last; of a store that can't be read there is nothing to ask. */
async function* withInspection(
  examined: AsyncIterable<Finding>,
  home: CommandSchedule,
  signal: AbortSignal,
): AsyncGenerator<Finding, void> {
  let canRead = true;
  for await (const finding of examined) {
    if (finding.name === "store" && finding.status === "fail") canRead = false;
    yield finding;
  }
  if (canRead && home.inspect !== undefined) yield* await home.inspect({ signal });
}

function checkOf({ name, status, detail, hint }: Finding) {
  return { name, status, detail, hint };
}

const MARKS = {
  ok: { text: "ok  ", color: "green" },
  warn: { text: "warn", color: "yellow" },
  fail: { text: "FAIL", color: "red" },
} as const satisfies Record<Finding["status"], Told["mark"]>;

function lineOf(finding: Finding): Told {
  const { name, status, detail, hint } = finding;
  const advice = hint === undefined ? "" : ` → ${hint}`;
  const text = `${name}: ${detail}${advice}`;
  const quiet = status === "ok" ? undefined : text;
  return { json: checkOf(finding), text, quiet, mark: MARKS[status] };
}
