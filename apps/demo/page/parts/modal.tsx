import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { Icon } from "./icon.js";

interface Props {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
  readonly isWide?: boolean;
}

/** A dialog over the page. Escape, its button or a click outside closes it. The focus returns to where it was. */
export function Modal({ title, onClose, children, isWide = false }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  // In a layout effect, because otherwise a key pressed immediately would act on the page behind.
  useLayoutEffect(() => {
    const element = dialog.current;
    const before = document.activeElement;
    element?.showModal();
    return () => {
      const { activeElement, body } = document;
      const hasFocus = activeElement === body || element?.contains(activeElement) === true;
      element?.close(); // nothing behind an open dialog can take the focus
      // The browser restores the focus itself, but the element may be gone.
      if (hasFocus) focusAgain(before);
    };
  }, []);
  const closeIfOutside = (event: MouseEvent) => {
    if (event.target === dialog.current) onClose();
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a dialog has Escape for the keyboard
    <dialog
      ref={dialog}
      class={isWide ? "wide" : undefined}
      aria-labelledby={titleId}
      onClose={onClose}
      onClick={closeIfOutside}
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

/** Focuses the element again, or the waiting events if the element is gone. */
function focusAgain(before: Element | null): void {
  if (before instanceof HTMLElement && before.isConnected && before !== document.body) {
    before.focus();
    return;
  }
  document.querySelector<HTMLElement>("#waiting-title")?.focus();
}
