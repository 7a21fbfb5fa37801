import { count } from "../format/count.js";
import { clockTimeToTheMs } from "../format/time.js";
import type { ComposedKey } from "./compose-key.js";

interface Props {
  readonly composed: ComposedKey;
  readonly atMs: number | undefined;
  /** As typed, to show what was escaped. */
  readonly typedKey: string;
}

/** The key as it will stand in the store, each part in its colour and with its meaning. */
export function KeyPreview({ composed, atMs, typedKey }: Props) {
  return (
    <section class="key-preview" aria-labelledby="key-preview-title">
      <h3 id="key-preview-title">Its key in the store</h3>
      <p class="composed mono">
        <bdi dir="ltr">
          <span class="muted">{composed.prefix}</span>
          <wbr />
          <span class="part-when">{composed.when || "when"}</span>
          <span class="muted">|</span>
          <span class="part-bucket">{composed.bucket || "bucket"}</span>
          <span class="muted">|</span>
          <span class="part-key">{composed.key || "key"}</span>
          <span class="muted">|</span>
          <span class="part-delivery">{composed.deliveryId}</span>
        </bdi>
      </p>
      <dl class="key-parts small">
        <Part name="when" colour="part-when">
          {atMs === undefined ? "not chosen yet" : `${clockTimeToTheMs(atMs)} here, written in UTC`}
          : keys sort by time, so a sweep reads only what is due
        </Part>
        <Part name="bucket" colour="part-bucket">
          where it goes
        </Part>
        <Part name="key" colour="part-key">
          the object that it becomes there
          {composed.key !== typedKey && ", other characters as % and two hex digits a byte"}
        </Part>
        <Part name="delivery id" colour="part-delivery">
          makes the key unique; consumers know a repeat by it
        </Part>
      </dl>
      <Length composed={composed} />
    </section>
  );
}

function Part({
  name,
  colour,
  children,
}: {
  name: string;
  colour: string;
  children: preact.ComponentChildren;
}) {
  return (
    <div>
      <dt class={colour}>{name}</dt>
      <dd class="muted">{children}</dd>
    </div>
  );
}

function Length({ composed: { bytes, limitBytes } }: { composed: ComposedKey }) {
  return (
    <p class="key-length small muted">
      <meter
        aria-label="Length of the key"
        min={0}
        max={limitBytes}
        high={limitBytes}
        value={Math.min(bytes, limitBytes)}
      />
      <span class={bytes > limitBytes ? "over" : ""}>
        {count(bytes)} of {count(limitBytes)} bytes
      </span>
    </p>
  );
}
