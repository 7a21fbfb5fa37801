import { examineStore, type Finding } from "@keywhen/doctor";
import { listedTargets } from "@keywhen/host";
import { EXIT, type ExitCode } from "../exit-codes.js";
import type { Printed } from "../output/output.js";
import type { CommandSchedule, Session } from "../session.js";

export interface DoctorOptions {
  readonly allow?: readonly string[] | undefined;
  readonly probe?: boolean | undefined;
  readonly repair?: boolean | undefined;
}

/** Prints the findings about the store, each when it is known. */
export async function examine(session: Session, options: DoctorOptions): Promise<ExitCode> {
  const { output } = session;
  const home = await session.openSchedule({ mayBeMissing: true });
  const { store, bucket, root } = home;
  const signal = session.interruption();
  const allowTargets = options.allow ?? listedTargets(session.env);
  const { probe, repair } = options;
  const examined = examineStore({ store, bucket, root, allowTargets, probe, repair, signal });
  const findings: Finding[] = [];
  for await (const finding of withInspection(examined, home, signal)) {
    findings.push(finding);
    if (!output.isJson) await output.print(lineOf(finding));
  }
  if (output.isJson) await output.print({ json: { checks: findings.map(checkOf) }, text: "" });
  return findings.some(({ status }) => status === "fail") ? EXIT.failed : EXIT.done;
}

/** The adapter's own findings come last, unless the store can't be read. */
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
} as const satisfies Record<Finding["status"], Printed["mark"]>;

function lineOf(finding: Finding): Printed {
  const { name, status, detail, hint } = finding;
  const text = `${name}: ${detail}${hint === undefined ? "" : ` → ${hint}`}`;
  const quiet = status === "ok" ? undefined : text;
  return { json: checkOf(finding), text, quiet, mark: MARKS[status] };
}
