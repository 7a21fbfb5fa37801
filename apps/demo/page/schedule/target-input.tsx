import type { JSX } from "preact";
import { bucket, deliveryId, key, knownBuckets, typedBucket } from "./draft.js";

/** The target of the event, and an optional delivery id. */
export function TargetInput({ problem }: { problem: boolean }) {
  return (
    <>
      <div class="target-input">
        <TextField
          id="draft-bucket"
          label="Bucket"
          color="part-bucket"
          list="known-buckets"
          required
          value={bucket.value}
          onInput={(event) => {
            typedBucket.value = event.currentTarget.value;
          }}
        />
        <datalist id="known-buckets">
          {knownBuckets.value.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
        <TextField
          id="draft-key"
          label="Key"
          color="part-key"
          required
          aria-invalid={problem}
          aria-describedby="draft-problem"
          value={key.value}
          onInput={(event) => {
            key.value = event.currentTarget.value;
          }}
        />
      </div>
      <TextField
        id="draft-delivery"
        label="Delivery id"
        color="part-delivery"
        placeholder="random; choose one to make repeats harmless"
        value={deliveryId.value}
        onInput={(event) => {
          deliveryId.value = event.currentTarget.value;
        }}
      />
    </>
  );
}

type FieldProps = JSX.IntrinsicElements["input"] & {
  readonly id: string;
  readonly label: string;
  /** The class of the part of the key that it sets. */
  readonly color: string;
};

function TextField({ id, label, color, ...input }: FieldProps) {
  return (
    <div>
      <label for={id} class={color}>
        {label}
      </label>
      <input id={id} class="mono" autocomplete="off" spellcheck={false} {...input} />
    </div>
  );
}
