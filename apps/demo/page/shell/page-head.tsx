import { clockTime, utcOffset, viewersZone } from "../format/time.js";
import { nowMs } from "../live/page-clock.js";
import { connection, demo } from "../live/page-state.js";

const CONNECTION = {
  connecting: { tone: "", text: "Connecting …" },
  live: { tone: "ok", text: "Live" },
  reconnecting: { tone: "warn", text: "Reconnecting …" },
};

/** The store, the state of the connection, and the time. */
export function PageHead() {
  const state = demo.value;
  const { tone, text } = CONNECTION[connection.value];
  return (
    <header class="page-head">
      <h1>keywhen</h1>
      {state && (
        <bdi class="store mono" title={`Root ${state.store.root}`}>
          {state.store.url}
        </bdi>
      )}
      {state?.readOnly && <span class="tag">read-only</span>}
      <span class={`tag connection ${tone}`} role="status">
        {text}
      </span>
      <span class="clock">
        <time class="clock-time">{clockTime(nowMs.value)}</time>{" "}
        <span class="muted small">
          {viewersZone === "UTC" ? "UTC" : `${viewersZone}, ${utcOffset(nowMs.value)}`}
        </span>
      </span>
    </header>
  );
}
