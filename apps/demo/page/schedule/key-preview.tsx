import type { ComponentChildren } from "preact";
import { count } from "../format/count.js";
import { clockTimeToTheMs } from "../format/time.js";
import type { ComposedKey } from "./compose-key.js";

interface Props {
  readonly composed: ComposedKey;
  readonly atMs: number | undefined;
  /** The key in the form, to show whether characters were escaped. */
  readonly typedKey: string;
}

/** The key in the store, each part in its color and with its meaning. */
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
        <Part name="when" color="part-when">
          {atMs === undefined ? "not chosen yet" : `${clockTimeToTheMs(atMs)} here, written in UTC`}
          : keys sort by time, so a sweep reads only what is due
        </Part>
        <Part name="bucket" color="part-bucket">
          the bucket of the target
        </Part>
        <Part name="key" color="part-key">
          the key of the target
          {composed.key !== typedKey && ", with some characters as % and two hex digits a byte"}
        </Part>
        <Part name="delivery id" color="part-delivery">
          makes the key unique; consumers recognize repeats by it
        </Part>
      </dl>
      <Length composed={composed} />
    </section>
  );
}

interface PartProps {
  readonly name: string;
  readonly color: string;
  readonly children: ComponentChildren;
}

function Part({ name, color, children }: PartProps) {
  return (
    <div>
      <dt class={color}>{name}</dt>
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
