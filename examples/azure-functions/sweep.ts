// An Azure Functions timer that sweeps once a minute. Settings: KEYWHEN_STORE=azure://account/container,
// KEYWHEN_ALLOW_TARGETS; the function's identity needs "Storage Blob Data Contributor" on the schedule's and the
// targets' containers. The timer never runs twice at the same time and waits for a full minute after a run that took longer,
// so this ends within its minute; for events at their instant run `keywhen run` in a container instead.
import { app, type InvocationContext } from "@azure/functions";
import { open } from "@keywhen/adapter-azure/url";
import { createSweeper, type SweepReport } from "@keywhen/core";

const TIME_MS = 50_000;

async function createTimerSweeper() {
  const { KEYWHEN_STORE = "", KEYWHEN_ALLOW_TARGETS = "" } = process.env;
  const { store, bucket, root } = await open(KEYWHEN_STORE, process.env);
  const allowTargets = KEYWHEN_ALLOW_TARGETS.split(",").filter((pattern) => pattern !== "");
  return createSweeper({ store, bucket, root, allowTargets, owner: "azure-functions" });
}

const sweeper = createTimerSweeper();

export async function sweep(
  _timer: unknown,
  context: Pick<InvocationContext, "log">,
): Promise<SweepReport> {
  const deadline = new Date(Date.now() + TIME_MS);
  const report = await (await sweeper).sweep({ deadline });
  context.log(JSON.stringify(report));
  return report;
}

app.timer("keywhen", {
  schedule: "0 * * * * *",
  handler: async (timer, context) => void (await sweep(timer, context)),
});
