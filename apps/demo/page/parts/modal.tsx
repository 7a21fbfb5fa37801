import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { Icon } from "./icon.js";

interface Props {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
  readonly isWide?: boolean;
}

/** A dialog over the page, closed by Escape, its cross or a click beside it. The focus goes back to where it was. */
export function Modal({ title, onClose, children, isWide = false }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  // Before the browser goes on, or a key that is pressed at once would act on the page behind.
  useLayoutEffect(() => {
    const element = dialog.current;
    const before = document.activeElement;
    element?.showModal();
    return () => {
      const { activeElement, body } = document;
      const hasFocus = activeElement === body || element?.contains(activeElement) === true;
      element?.close(); // while it is open, nothing behind it takes the focus
      // The browser gives it back itself when it closes a dialog, and by now it may have been moved on.
      if (hasFocus) focusAgain(before);
    };
  }, []);
  const closeIfBeside = (event: MouseEvent) => {
    if (event.target === dialog.current) onClose();
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a dialog has Escape for the keyboard
    <dialog
      ref={dialog}
      class={isWide ? "wide" : undefined}
      aria-labelledby={titleId}
      onClose={onClose}
      onClick={closeIfBeside}
    >
      <div class="dialog-frame">
        <header class="dialog-head">
          <h2 id={titleId}>{title}</h2>
          <button type="button" class="quiet" aria-label="Close" onClick={onClose}>
            <Icon name="cancel" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}

/** What had the focus may be gone by now: then the region that it was in, or the page's first. */
function focusAgain(before: Element | null): void {
  if (before instanceof HTMLElement && before.isConnected && before !== document.body) {
    before.focus();
    return;
  }
  document.querySelector<HTMLElement>("#waiting-title")?.focus();
}
