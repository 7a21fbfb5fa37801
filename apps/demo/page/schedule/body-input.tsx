import { useRef, useState } from "preact/hooks";
import { LARGEST_BODY_BYTES } from "../../src/api/events.js";
import { bytes } from "../format/count.js";
import { body, takeFile } from "./draft.js";
import { fileWords } from "./file-words.js";

/** The payload: a text, or a file. */
export function BodyInput() {
  const [isOver, setIsOver] = useState(false);
  const content = body.value;
  return (
    <fieldset
      class={`body-input ${isOver ? "drop-here" : ""}`}
      onDragOver={(event) => {
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setIsOver(false);
        const file = event.dataTransfer?.files[0];
        if (file) takeFile(file);
      }}
    >
      <legend>Payload</legend>
      {typeof content === "string" ? <TextBody text={content} /> : <FileBody file={content} />}
    </fieldset>
  );
}

function TextBody({ text }: { text: string }) {
  const picker = useRef<HTMLInputElement>(null);
  return (
    <>
      <textarea
        aria-label="Payload as text"
        class="mono"
        rows={3}
        spellcheck={false}
        placeholder="Type a text, or drop a file here"
        value={text}
        onInput={(event) => {
          body.value = event.currentTarget.value;
        }}
      />
      <p class="body-note small muted">
        <span>{bytes(new TextEncoder().encode(text).length)}; drop a file here or</span>
        <button type="button" class="quiet" onClick={() => picker.current?.click()}>
          choose one
        </button>
        <input
          ref={picker}
          type="file"
          hidden
          aria-label="File as payload"
          onChange={(event) => {
            const file = event.currentTarget.files?.[0];
            if (file) takeFile(file);
          }}
        />
      </p>
    </>
  );
}

function FileBody({ file }: { file: File }) {
  const isTooLarge = file.size > LARGEST_BODY_BYTES;
  return (
    <p class={`body-file message ${isTooLarge ? "bad" : ""}`}>
      <bdi class="mono">{file.name}</bdi>
      <span>{fileWords(file.size)}</span>
      <button
        type="button"
        class="quiet"
        onClick={() => {
          body.value = "";
        }}
      >
        Type a text instead
      </button>
    </p>
  );
}
