import { type OpenDialog, openDialog } from "../shell/open-dialog.js";
import { Icon } from "./icon.js";

interface Props {
  /** Opens the dialog of this kind. */
  readonly kind: "cancel" | "reschedule" | "redrive" | "purge";
  readonly event: { readonly id: string; readonly bucket: string; readonly key: string };
  readonly title: string;
  readonly tabIndex: 0 | -1;
  readonly isDisabled?: boolean;
}

/** A button at the end of a row. */
export function RowAction({ kind, event, title, tabIndex, isDisabled = false }: Props) {
  const { id, bucket, key } = event;
  const name = `${kind.slice(0, 1).toUpperCase()}${kind.slice(1)}`;
  return (
    <button
      type="button"
      class={`quiet ${kind === "cancel" || kind === "purge" ? "danger" : ""}`}
      tabIndex={tabIndex}
      disabled={isDisabled}
      aria-label={`${name} ${bucket}/${key}`}
      title={title}
      onClick={() => open({ kind, id })}
    >
      <Icon name={kind} />
    </button>
  );
}

export function open(dialog: OpenDialog): void {
  openDialog.value = dialog;
}
