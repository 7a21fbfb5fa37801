import { isReadOnly } from "../live/page-state.js";
import { EmptyState } from "../parts/empty-state.js";
import { StoreCommand } from "../parts/store-command.js";

interface Props {
  readonly isSearch: boolean;
  readonly onClear: () => void;
}

/** An empty list, and what to do next. */
export function NothingWaits({ isSearch, onClear }: Props) {
  if (isSearch) {
    return (
      <EmptyState title="No waiting event matches.">
        <button type="button" onClick={onClear}>
          Show all
        </button>
      </EmptyState>
    );
  }
  return (
    <EmptyState title="Nothing waits.">
      <p>
        {isReadOnly.value ? "" : "Schedule an event with the form, or from a terminal; "}
        {isReadOnly.value ? "Schedule one from a terminal; " : ""}it shows up here by itself:
      </p>
      <StoreCommand verb="schedule --in 10s --to inbox/hello.txt --body hello" />
    </EmptyState>
  );
}
