import { useEffect, useState } from "preact/hooks";
import { bytes } from "../format/count.js";
import { apiPath, send } from "../live/api-client.js";
import { type BodyKind, bodyKind, hexDump, imageType, textOf } from "./body-kind.js";

/** The most bytes of a body that are shown as text or hex. An image is loaded up to `LARGEST_IMAGE`. */
const SHOWN_BYTES = 65_536;
const LARGEST_IMAGE = 10_000_000;

interface Fetched {
  readonly data: Uint8Array<ArrayBuffer>;
  readonly size: number;
}

interface Props {
  readonly place: "events" | "delivered" | "dead";
  readonly id: string;
}

/** Shows a body as text, as an image made from its bytes, or in hex; never as a page. */
export function BodyView({ place, id }: Props) {
  const [fetched, setFetched] = useState<Fetched>();
  const [problem, setProblem] = useState<string>();
  const [chosen, setChosen] = useState<BodyKind>();
  useEffect(() => {
    const asking = new AbortController();
    fetchBody(place, id, asking.signal).then(setFetched, (error) => {
      if (!asking.signal.aborted)
        setProblem(error instanceof Error ? error.message : String(error));
    });
    return () => asking.abort();
  }, [place, id]);
  if (problem) return <p class="message bad">{problem}</p>;
  if (!fetched) return <p class="muted small">Loading the body …</p>;
  const kind = bodyKind(fetched.data);
  return (
    <section class="body-view" aria-label="Body">
      <div class="body-bar">
        <Kinds kind={kind} chosen={chosen ?? kind} onChoose={setChosen} />
        <span class="muted small">
          {fetched.data.length < fetched.size
            ? `the first ${bytes(fetched.data.length)} of ${bytes(fetched.size)}`
            : bytes(fetched.size)}
        </span>
      </div>
      <Shown kind={chosen ?? kind} data={fetched.data} />
    </section>
  );
}

const LABELS: Readonly<Record<BodyKind, string>> = { text: "Text", image: "Image", binary: "Hex" };

function Kinds(props: { kind: BodyKind; chosen: BodyKind; onChoose: (kind: BodyKind) => void }) {
  const offered: readonly BodyKind[] =
    props.kind === "binary" ? ["binary"] : [props.kind, "binary"];
  return (
    <fieldset class="segments">
      <legend class="unseen">Show the body as</legend>
      {offered.map((kind) => (
        <button
          key={kind}
          type="button"
          aria-pressed={kind === props.chosen}
          onClick={() => props.onChoose(kind)}
        >
          {LABELS[kind]}
        </button>
      ))}
    </fieldset>
  );
}

function Shown({ kind, data }: { kind: BodyKind; data: Uint8Array<ArrayBuffer> }) {
  if (data.length === 0) return <p class="muted small">The body is empty.</p>;
  if (kind === "image") return <ImageOf data={data} />;
  const text = kind === "text" ? textOf(data) : hexDump(data.subarray(0, SHOWN_BYTES));
  return (
    <textarea
      class="body-text mono"
      readOnly
      dir={kind === "text" ? "auto" : "ltr"}
      wrap={kind === "text" ? "soft" : "off"}
      rows={Math.min(20, Math.max(3, lines(text)))}
      aria-label={`Body as ${LABELS[kind].toLowerCase()}`}
      value={text}
    />
  );
}

function lines(text: string | undefined): number {
  return text?.split("\n", 20).length ?? 0;
}

function ImageOf({ data }: { data: Uint8Array<ArrayBuffer> }) {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([data], { type: imageType(data) ?? "image/png" }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [data]);
  return <img class="body-image" src={url} alt="The body" />;
}

async function fetchBody(place: Props["place"], id: string, signal: AbortSignal): Promise<Fetched> {
  const path = apiPath(place, id, "/body");
  const first = await fetchBytes(path, SHOWN_BYTES, signal);
  const isCutImage = imageType(first.data) !== undefined && first.data.length < first.size;
  if (!isCutImage || first.size > LARGEST_IMAGE) return withoutHalfCharacter(first);
  return fetchBytes(path, LARGEST_IMAGE, signal);
}

async function fetchBytes(path: string, most: number, signal: AbortSignal): Promise<Fetched> {
  const response = await send("GET", path, { query: { bytes: String(most) }, signal });
  const data = new Uint8Array(await response.arrayBuffer());
  return { data, size: Number(response.headers.get("x-keywhen-size") ?? data.length) };
}

/** Removes an incomplete character at the end of a cut text. */
function withoutHalfCharacter(fetched: Fetched): Fetched {
  if (fetched.data.length === fetched.size) return fetched;
  for (let dropped = 0; dropped < 4; dropped++) {
    const data = fetched.data.subarray(0, fetched.data.length - dropped);
    if (textOf(data) !== undefined) return { ...fetched, data };
  }
  return fetched;
}
