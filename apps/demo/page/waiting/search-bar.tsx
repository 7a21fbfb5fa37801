import type { Signal } from "@preact/signals";
import { WITHIN, type Within } from "./search.js";

interface Props {
  readonly text: Signal<string>;
  readonly within: Signal<Within>;
}

/** Filters the list by target and time. */
export function SearchBar({ text, within }: Props) {
  return (
    <search class="search-bar">
      <input
        type="search"
        aria-label="Search waiting events by target, id or time"
        placeholder="Target, id or time, like 14:05"
        spellcheck={false}
        value={text.value}
        onInput={(event) => {
          text.value = event.currentTarget.value;
        }}
      />
      <select
        aria-label="Due"
        value={within.value}
        onChange={(event) => {
          within.value =
            WITHIN.find(({ value }) => value === event.currentTarget.value)?.value ?? "any";
        }}
      >
        {WITHIN.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
    </search>
  );
}
