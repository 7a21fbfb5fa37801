import { signal } from "@preact/signals";
import type { DemoState, SweeperState, SweepSummary } from "../../src/api/state.js";
import { counted } from "../format/count.js";
import { fromNow, span } from "../format/span.js";
import { call } from "../live/api-client.js";
import { nowMs } from "../live/page-clock.js";
import { demo } from "../live/page-state.js";
import { notify, notifyError } from "../parts/notices.js";
import { Panel } from "../parts/panel.js";
import { StoreCommand } from "../parts/store-command.js";
import { sweeperWords, sweptWords, whyRefused } from "./sweeper-words.js";

const isBusy = signal(false);

/** The sweepers at work, the last sweep, and the switch for this server's sweeper. */
export function SweeperPanel() {
  const state = demo.value;
  if (!state) return null;
  const { title, tone, meaning } = sweeperWords(state.sweeper);
  return (
    <Panel id="sweeper" title="Sweeper">
      <p class="sweeper-state">
        <span class={`tag ${tone}`}>{title}</span> <span class="small">{meaning}</span>
      </p>
      <Holders sweeper={state.sweeper} />
      <LastSweep sweeper={state.sweeper} />
      {state.canSweep && !state.readOnly ? (
        <Switches state={state} />
      ) : (
        <HowToSweep state={state} />
      )}
    </Panel>
  );
}

function Holders({ sweeper }: { sweeper: SweeperState }) {
  if (sweeper.holders.length === 0) return null;
  return (
    <ul class="holders small">
      {sweeper.holders.map((holder) => (
        <li key={holder.owner}>
          <bdi>{holder.owner}</bdi>
          {holder.isHere && " (here)"}
          <span class="muted">
            {" "}
            holds the lease, which ends {fromNow(Date.parse(holder.expiresAt), nowMs.value)} unless
            renewed
          </span>
        </li>
      ))}
    </ul>
  );
}

function LastSweep({ sweeper }: { sweeper: SweeperState }) {
  const sweep = sweeper.lastSweep;
  if (!sweep) {
    const text = sweeper.isStarted ? "Its first sweep is running." : "No sweep has ended here yet.";
    return <p class="small muted">{text}</p>;
  }
  const troubles = [
    sweep.retrying ? `${sweep.retrying} retrying` : "",
    sweep.dead ? `${sweep.dead} dead-lettered` : "",
    sweep.expired ? `${sweep.expired} expired` : "",
    sweep.undeleted ? `${sweep.undeleted} not deleted yet` : "",
    sweep.undecided ? `${sweep.undecided} undecided` : "",
    sweep.leftInPlace ? `${sweep.leftInPlace} left in place` : "",
    sweep.truncated ? `ended early: ${sweep.truncated}` : "",
  ].filter(Boolean);
  const refusal = whyRefused(sweep);
  return (
    <>
      <p class="small">
        <span class="muted">Last sweep </span>
        {fromNow(Date.parse(sweep.endedAt), nowMs.value)}
        <span class="muted">
          {sweep.outcome === "held"
            ? ": left to another sweeper"
            : `: ${counted(sweep.delivered ?? 0, "event")} in ${span(sweep.durationMs)}`}
        </span>
        {troubles.length > 0 && <span class="tag warn">{troubles.join(", ")}</span>}
      </p>
      {refusal && <p class="message warn">{refusal}</p>}
    </>
  );
}

function Switches({ state }: { state: DemoState }) {
  const { isStarted } = state.sweeper;
  return (
    <p class="buttons">
      <button
        type="button"
        disabled={isBusy.value}
        onClick={() => turn(isStarted ? "stop" : "start")}
      >
        {isStarted ? "Stop" : "Start"}
      </button>
      <button type="button" disabled={isBusy.value} onClick={sweepNow}>
        Sweep now
      </button>
    </p>
  );
}

function HowToSweep({ state }: { state: DemoState }) {
  if (state.sweeper.at === "elsewhere" || state.sweeper.at === "here") return null;
  return (
    <div class="small muted">
      <p>This server does not sweep. To run a sweeper:</p>
      <StoreCommand verb="run --allow 'BUCKET/*'" />
    </div>
  );
}

async function turn(what: "start" | "stop"): Promise<void> {
  await busily(async () => {
    const sweeper = await call<SweeperState>("POST", `/api/sweeper/${what}`);
    if (demo.value) demo.value = { ...demo.value, sweeper };
  });
}

async function sweepNow(): Promise<void> {
  await busily(async () => {
    const sweep = await call<SweepSummary>("POST", "/api/sweeper/sweep");
    notify(...sweptWords(sweep));
  });
}

async function busily(work: () => Promise<void>): Promise<void> {
  isBusy.value = true;
  try {
    await work();
  } catch (error) {
    notifyError(error);
  } finally {
    isBusy.value = false;
  }
}
