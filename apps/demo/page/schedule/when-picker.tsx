import type { Signal } from "@preact/signals";
import { useId } from "preact/hooks";
import { fromNow } from "../format/span.js";
import { fullTime, localInputValue, utcOffset, viewersZone } from "../format/time.js";
import { nowMs } from "../live/page-clock.js";
import { chosenMs, UNITS, type WhenChoice } from "./when-choice.js";

const QUICK = [
  { label: "5 s", amount: "5", unit: "s" },
  { label: "10 s", amount: "10", unit: "s" },
  { label: "1 min", amount: "1", unit: "m" },
  { label: "1 h", amount: "1", unit: "h" },
] as const;

const KINDS = [
  { kind: "in", label: "In" },
  { kind: "at", label: "At" },
  { kind: "on", label: "On a date" },
] as const;

/** Chooses a time: from now, a time of the day, or a date with its zone. */
export function WhenPicker({ choice }: { choice: Signal<WhenChoice> }) {
  const name = useId();
  const { kind } = choice.value;
  return (
    <fieldset class="when-picker">
      <legend>When</legend>
      <div class="segments">
        {KINDS.map((option) => (
          <label key={option.kind}>
            <input
              type="radio"
              name={name}
              checked={option.kind === kind}
              onChange={() => {
                choice.value = firstChoice(option.kind);
              }}
            />
            {option.label}
          </label>
        ))}
      </div>
      {choice.value.kind === "in" && <In choice={choice} value={choice.value} />}
      {choice.value.kind === "at" && <At choice={choice} value={choice.value} />}
      {choice.value.kind === "on" && <On choice={choice} value={choice.value} />}
      <Meaning choice={choice.value} />
    </fieldset>
  );
}

interface OneProps<Kind extends WhenChoice["kind"]> {
  readonly choice: Signal<WhenChoice>;
  readonly value: Extract<WhenChoice, { kind: Kind }>;
}

function In({ choice, value }: OneProps<"in">) {
  return (
    <div class="when-row">
      <input
        type="number"
        min="0"
        step="any"
        aria-label="How long from now"
        value={value.amount}
        onInput={(event) => {
          choice.value = { ...value, amount: event.currentTarget.value };
        }}
      />
      <select
        aria-label="Unit"
        value={value.unit}
        onChange={(event) => {
          const unit = UNITS.find((one) => one.value === event.currentTarget.value)?.value ?? "s";
          choice.value = { ...value, unit };
        }}
      >
        {UNITS.map((unit) => (
          <option key={unit.value} value={unit.value}>
            {unit.label}
          </option>
        ))}
      </select>
      <span class="when-quick">
        {QUICK.map(({ label, amount, unit }) => (
          <button
            key={label}
            type="button"
            class="quiet"
            aria-label={`In ${label}`}
            onClick={() => {
              choice.value = { kind: "in", amount, unit };
            }}
          >
            {label}
          </button>
        ))}
      </span>
    </div>
  );
}

function At({ choice, value }: OneProps<"at">) {
  return (
    <div class="when-row">
      <input
        type="time"
        step="1"
        aria-label="Time of the day"
        value={value.time}
        onInput={(event) => {
          choice.value = { kind: "at", time: event.currentTarget.value };
        }}
      />
    </div>
  );
}

function On({ choice, value }: OneProps<"on">) {
  return (
    <div class="when-row">
      <input
        type="datetime-local"
        step="1"
        aria-label="Date and time"
        value={value.local}
        onInput={(event) => {
          choice.value = { ...value, local: event.currentTarget.value };
        }}
      />
      <select
        aria-label="Time zone"
        value={value.zone}
        onChange={(event) => {
          choice.value = { ...value, zone: event.currentTarget.value === "utc" ? "utc" : "local" };
        }}
      >
        <option value="local">{viewersZone}</option>
        {viewersZone !== "UTC" && <option value="utc">UTC</option>}
      </select>
    </div>
  );
}

function Meaning({ choice }: { choice: WhenChoice }) {
  const atMs = chosenMs(choice, nowMs.value);
  if (atMs === undefined) return <p class="when-meaning small muted">Choose a time.</p>;
  const isPast = atMs < nowMs.value - 1_000;
  return (
    <p class="when-meaning small muted">
      {fullTime(atMs)}
      {choice.kind === "on" && choice.zone === "local" ? ` (${utcOffset(atMs)})` : ""}
      {choice.kind === "in" ? "" : `, ${fromNow(atMs, nowMs.value)}`}
      {isPast && <span class="tag warn">past: due now</span>}
    </p>
  );
}

function firstChoice(kind: WhenChoice["kind"]): WhenChoice {
  const soonMs = nowMs.value + 60_000;
  if (kind === "in") return { kind, amount: "10", unit: "s" };
  if (kind === "at") return { kind, time: localInputValue(soonMs, "local").slice(11) };
  return { kind, local: localInputValue(soonMs, "local"), zone: "local" };
}
