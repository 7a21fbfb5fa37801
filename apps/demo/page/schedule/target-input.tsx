import { bucket, deliveryId, key, typedBucket } from "./draft.js";
import { knownBuckets } from "./known-buckets.js";

/** Where the event goes: bucket and key, and a delivery id for those who want to choose it. */
export function TargetInput({ problem }: { problem: boolean }) {
  return (
    <>
      <div class="target-input">
        <div>
          <label for="draft-bucket" class="part-bucket">
            Bucket
          </label>
          <input
            id="draft-bucket"
            class="mono"
            list="known-buckets"
            autocomplete="off"
            spellcheck={false}
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
        </div>
        <div>
          <label for="draft-key" class="part-key">
            Key
          </label>
          <input
            id="draft-key"
            class="mono"
            autocomplete="off"
            spellcheck={false}
            required
            aria-invalid={problem}
            aria-describedby="draft-problem"
            value={key.value}
            onInput={(event) => {
              key.value = event.currentTarget.value;
            }}
          />
        </div>
      </div>
      <div>
        <label for="draft-delivery" class="part-delivery">
          Delivery id
        </label>
        <input
          id="draft-delivery"
          class="mono"
          autocomplete="off"
          spellcheck={false}
          placeholder="random; choose one to make repeats harmless"
          value={deliveryId.value}
          onInput={(event) => {
            deliveryId.value = event.currentTarget.value;
          }}
        />
      </div>
    </>
  );
}
