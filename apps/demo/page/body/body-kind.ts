/** How a body can be shown. An SVG is text here: an image that can hold a script is shown as what it says. */
export type BodyKind = "text" | "image" | "binary";

const IMAGE_SIGNATURES: readonly (readonly [type: string, signature: readonly number[]])[] = [
  ["image/png", [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ["image/jpeg", [0xff, 0xd8, 0xff]],
  ["image/gif", [0x47, 0x49, 0x46, 0x38]],
];
const WEBP = { type: "image/webp", riff: "RIFF", webp: "WEBP" };

/** The type of the image that the bytes are, told by the bytes alone; `undefined` if they are none. */
export function imageType(data: Uint8Array): string | undefined {
  const known = IMAGE_SIGNATURES.find(([, signature]) =>
    signature.every((byte, index) => data[index] === byte),
  );
  if (known) return known[0];
  const isWebp = ascii(data, 0) === WEBP.riff && ascii(data, 8) === WEBP.webp;
  return isWebp ? WEBP.type : undefined;
}

/** The text that the bytes are in UTF-8; `undefined` if they aren't, or hold what no text holds. */
export function textOf(data: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
    return text.includes("\0") ? undefined : text;
  } catch {
    return undefined; // not UTF-8: the hex view shows it
  }
}

export function bodyKind(data: Uint8Array): BodyKind {
  if (imageType(data) !== undefined) return "image";
  return textOf(data) === undefined ? "binary" : "text";
}

function ascii(data: Uint8Array, start: number): string {
  return String.fromCharCode(...data.subarray(start, start + 4));
}
