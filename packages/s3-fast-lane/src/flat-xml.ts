// S3's answers are flat and made by machines. These functions read only the plain form and return `undefined` for any other.
// Then the SDK's parser, which knows all of XML, reads the answer instead.

const ENTITIES: Readonly<Record<string, string>> = {
  "&lt;": "<",
  "&gt;": ">",
  "&amp;": "&",
  "&quot;": '"',
  "&apos;": "'",
};

export interface RootElement {
  readonly opening: RegExp;
  readonly closing: string;
}

export function rootElement(name: string): RootElement {
  return { opening: new RegExp(`<${name}(?: xmlns="[^"<>]*")?(/?)>`, "y"), closing: `</${name}>` };
}

/** The content of the outermost element, if it is this one, is whole, and has no comments or the like. */
export function insideOf(xml: string, { opening, closing }: RootElement): string | undefined {
  opening.lastIndex = rootStart(xml);
  const [start = "", slash] = opening.exec(xml) ?? [];
  const inside = opening.lastIndex;
  const end = xml.lastIndexOf(">") + 1;
  if (start === "" || xml.slice(end).trim() !== "" || xml.includes("<!")) return undefined;
  if (slash === "/") return inside === end ? "" : undefined;
  const last = end - closing.length;
  return last >= inside && xml.startsWith(closing, last) ? xml.slice(inside, last) : undefined;
}

/** The index after the XML declaration and the blanks around it. Not by a regular expression, which may take quadratic time on blanks. */
function rootStart(xml: string): number {
  const start = skipBlanks(xml, 0);
  if (!xml.startsWith("<?xml", start)) return start;
  const end = xml.indexOf(">", start);
  return xml[end - 1] === "?" ? skipBlanks(xml, end + 1) : start;
}

function skipBlanks(xml: string, from: number): number {
  let at = from;
  while (xml.charCodeAt(at) <= 32) at += 1;
  return at;
}

const NAME = /^[A-Za-z]\w*$/;

/** S3's answers have three levels. Deeper ones are left to the SDK: here each level would read its text again. */
const LEVELS_MAX = 8;

/**
 * Passes each of the elements that follow one another to `read`, with its content. Returns false if there is anything between
 * them, or as soon as `read` returns false. No element contains one of the same name.
 */
export function eachElement(xml: string, read: (name: string, inner: string) => boolean): boolean {
  for (let at = skipLineBreak(xml, 0); at < xml.length; ) {
    const opened = xml.indexOf(">", at);
    const isEmpty = xml[opened - 1] === "/";
    const name = xml.slice(at + 1, isEmpty ? opened - 1 : opened);
    if (xml[at] !== "<" || opened === -1 || !NAME.test(name)) return false;
    const closing = `</${name}>`;
    const closed = isEmpty ? opened + 1 : xml.indexOf(closing, opened);
    const inner = isEmpty ? "" : xml.slice(opened + 1, closed);
    if (closed === -1 || !read(name, inner)) return false;
    at = skipLineBreak(xml, isEmpty ? closed : closed + closing.length);
  }
  return true;
}

/** Whether an element has only text or only elements, at all levels. */
function isWellFormed(inner: string, levelsLeft = LEVELS_MAX): boolean {
  if (!inner.includes("<")) return true;
  if (levelsLeft === 0) return false;
  return eachElement(
    inner,
    (name, innermost) => name !== "Error" && isWellFormed(innermost, levelsLeft - 1),
  );
}

/** The index after a line break and the blanks around it. Blanks without a line break are text to the SDK, which then reads no elements. */
function skipLineBreak(xml: string, from: number): number {
  const at = skipBlanks(xml, from);
  return at === from || xml.slice(from, at).includes("\n") ? at : from;
}

/** The elements by their names; `undefined` if they are not well formed, or if a name is repeated. */
export function fieldsIn(xml: string): ReadonlyMap<string, string> | undefined {
  const fields = new Map<string, string>();
  const isRead = eachElement(xml, (name, inner) => takeField(fields, name, inner));
  return isRead ? fields : undefined;
}

/** Adds an element. Returns false if its name is repeated, or if it is not well formed, or is or contains an error. */
export function takeField(fields: Map<string, string>, name: string, inner: string): boolean {
  if (fields.has(name) || name === "Error" || !isWellFormed(inner)) return false;
  fields.set(name, inner);
  return true;
}

/** The texts of these elements, as far as they exist; `undefined` if one of them can't be read. */
export function textsIn<N extends string>(
  fields: ReadonlyMap<string, string> | undefined,
  names: readonly N[],
): { readonly [name in N]?: string } | undefined {
  const texts: { [name in N]?: string } = {};
  for (const name of names) {
    const inner = fields?.get(name);
    if (inner === undefined) continue;
    const text = textOf(inner);
    if (text === undefined) return undefined;
    texts[name] = text;
  }
  return texts;
}

/** The text of an element; `undefined` if it has child elements. */
function textOf(inner: string): string | undefined {
  return inner.includes("<") ? undefined : unescaped(inner);
}

function unescaped(text: string): string | undefined {
  if (!text.includes("&")) return text;
  let isKnown = true;
  const plain = text.replace(/&[^;]*;?/g, (entity) => {
    const character = ENTITIES[entity];
    isKnown &&= character !== undefined;
    return character ?? "";
  });
  return isKnown ? plain : undefined;
}

const INSTANT =
  /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?Z$/;

/** Whether a text is an instant as S3 writes it. */
export function isInstant(text: string): boolean {
  return INSTANT.test(text);
}
