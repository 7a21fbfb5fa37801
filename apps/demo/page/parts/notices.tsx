import { signal } from "@preact/signals";
import { ApiError } from "../live/api-client.js";
import { Icon } from "./icon.js";
import type { NoticeWords } from "./outcome-words.js";

interface Notice {
  readonly number: number;
  readonly tone: NoticeWords[0];
  readonly text: string;
  readonly hint?: string | undefined;
}

const OK_SHOWN_MS = 6_000;
const notices = signal<readonly Notice[]>([]);
let lastNumber = 0;

/** Shows the result of the user's action. A notice of success disappears by itself. */
export function notify(...[tone, text, hint]: NoticeWords): void {
  const notice = { number: ++lastNumber, tone, text, hint };
  notices.value = [...notices.value.slice(-3), notice];
  if (tone === "ok") window.setTimeout(() => dismiss(notice), OK_SHOWN_MS);
}

/** Shows the server's error. */
export function notifyError(error: unknown): void {
  const text = error instanceof Error ? error.message : String(error);
  notify("bad", text, error instanceof ApiError ? error.hint : undefined);
}

export function Notices() {
  return (
    <div class="notices" role="status" aria-live="polite" aria-label="Notices">
      {notices.value.map((notice) => (
        <div key={notice.number} class={`notice message ${notice.tone}`}>
          <p>
            {notice.text}
            {notice.hint && <span class="notice-hint">{notice.hint}</span>}
          </p>
          <button type="button" class="quiet" aria-label="Dismiss" onClick={() => dismiss(notice)}>
            <Icon name="cancel" />
          </button>
        </div>
      ))}
    </div>
  );
}

function dismiss(notice: Notice): void {
  notices.value = notices.value.filter((other) => other !== notice);
}
