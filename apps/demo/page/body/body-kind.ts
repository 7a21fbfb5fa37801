/** How a body can be shown. An SVG is shown as text, because it can contain a script. */
export type BodyKind = "text" | "image" | "binary";

const IMAGE_SIGNATURES: readonly (readonly [type: string, signature: readonly number[]])[] = [
  ["image/png", [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ["image/jpeg", [0xff, 0xd8, 0xff]],
  ["image/gif", [0x47, 0x49, 0x46, 0x38]],
];
const WEBP = { type: "image/webp", riff: "RIFF", webp: "WEBP" };

/** Returns the type of the image, by its bytes alone; `undefined` if they are not an image. */
export function imageType(data: Uint8Array): string | undefined {
  const known = IMAGE_SIGNATURES.find(([, signature]) =>
    signature.every((byte, index) => data[index] === byte),
  );
  if (known) return known[0];
  const isWebp = ascii(data, 0) === WEBP.riff && ascii(data, 8) === WEBP.webp;
  return isWebp ? WEBP.type : undefined;
}

/** Returns the bytes as text; `undefined` if they are not UTF-8 or contain a zero. */
export function textOf(data: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
    return text.includes("\0") ? undefined : text;
  } catch {
    return undefined; // not UTF-8
  }
}

export function bodyKind(data: Uint8Array): BodyKind {
  if (imageType(data) !== undefined) return "image";
  return textOf(data) === undefined ? "binary" : "text";
}

function ascii(data: Uint8Array, start: number): string {
  return String.fromCharCode(...data.subarray(start, start + 4));
}

const BYTES_A_LINE = 16;

/** Returns bytes as `00000010  68 65 6c 6c 6f …  |hello…|`, sixteen a line. */
export function hexDump(data: Uint8Array): string {
  const lines: string[] = [];
  for (let start = 0; start < data.length; start += BYTES_A_LINE) {
    const row = data.subarray(start, start + BYTES_A_LINE);
    const offset = start.toString(16).padStart(8, "0");
    const hex = Array.from(row, (byte) => byte.toString(16).padStart(2, "0"));
    lines.push(`${offset}  ${columns(hex)}  |${Array.from(row, printable).join("")}|`);
  }
  return lines.join("\n");
}

function columns(hex: readonly string[]): string {
  const half = BYTES_A_LINE / 2;
  return `${hex.slice(0, half).join(" ")}  ${hex.slice(half).join(" ")}`.padEnd(BYTES_A_LINE * 3);
}

function printable(byte: number): string {
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".";
}
