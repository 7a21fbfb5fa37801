/** Receives each element at its end; `around` is outermost first, and only elements without children have text. */
export type OnElement = (name: string, around: readonly string[], text: string | undefined) => void;

const NAME = /[A-Za-z_][\w.:-]*/y;
/** A parser may read other attributes as elements: `ETag="e"` as an ETag. */
const NAMESPACES = /^(?:\s+(?:xmlns|[\w-]+:[\w-]+)\s*=\s*(?:"[^"<]*"|'[^'<]*'))*\s*$/;
const LEVELS_MAX = 32;

interface Open {
  readonly name: string;
  readonly startsAt: number;
  hasElements: boolean;
}

interface Walk {
  readonly xml: string;
  readonly open: Open[];
  readonly names: string[];
  readonly onElement: OnElement;
  roots: number;
}

/**
 * Goes through an XML document as S3 writes them, once and in linear time. False for text that is not one whole
 * element, for text next to elements, and for attributes other than namespaces.
 */
export function walkXml(xml: string, onElement: OnElement): boolean {
  const walk: Walk = { xml, open: [], names: [], onElement, roots: 0 };
  let at = xml.charCodeAt(0) === 0xfeff ? 1 : 0;
  for (;;) {
    const tag = xml.indexOf("<", at);
    const text = xml.slice(at, tag === -1 ? undefined : tag);
    if (isMisplaced(walk, xml.startsWith("</", tag)) && text.trim() !== "") return false;
    if (tag === -1) return walk.open.length === 0 && walk.roots === 1;
    const next = pastTag(walk, tag);
    if (next === undefined) return false;
    at = next;
  }
}

function isMisplaced({ open }: Walk, isBeforeEnd: boolean): boolean {
  const last = open.at(-1);
  return last === undefined || last.hasElements || !isBeforeEnd;
}

function pastTag(walk: Walk, tag: number): number | undefined {
  const { xml } = walk;
  if (xml.startsWith("<?", tag)) return past(xml, "?>", tag);
  if (xml.startsWith("<!--", tag)) return past(xml, "-->", tag);
  if (xml.startsWith("<![CDATA[", tag)) return past(xml, "]]>", tag);
  const end = past(xml, ">", tag);
  return end !== undefined && isRead(walk, tag, end) ? end : undefined;
}

function isRead(walk: Walk, tag: number, end: number): boolean {
  const { xml } = walk;
  const isClosing = xml[tag + 1] === "/";
  NAME.lastIndex = isClosing ? tag + 2 : tag + 1;
  const name = NAME.exec(xml)?.[0];
  const after = NAME.lastIndex;
  if (name === undefined) return false;
  if (isClosing) return end === after + 1 && ended(walk, name, tag);
  const isEmpty = xml[end - 2] === "/";
  const attributes = xml.slice(after, isEmpty ? end - 2 : end - 1);
  if (attributes !== "" && !NAMESPACES.test(attributes)) return false;
  return begun(walk, name, end) && (!isEmpty || ended(walk, name, end));
}

function past(xml: string, end: string, from: number): number | undefined {
  const at = xml.indexOf(end, from);
  return at === -1 ? undefined : at + end.length;
}

function begun({ open, names, roots }: Walk, name: string, startsAt: number): boolean {
  const parent = open.at(-1);
  if ((parent === undefined && roots > 0) || open.length === LEVELS_MAX) return false;
  if (parent !== undefined) parent.hasElements = true;
  open.push({ name, startsAt, hasElements: false });
  names.push(name);
  return true;
}

function ended(walk: Walk, name: string, end: number): boolean {
  const { open, names, xml, onElement } = walk;
  const last = open.pop();
  names.pop();
  if (last?.name !== name) return false;
  if (open.length === 0) walk.roots += 1;
  onElement(name, names, last.hasElements ? undefined : xml.slice(last.startsAt, end));
  return true;
}

export interface XmlElement {
  readonly name: string;
  readonly text: string;
  readonly children: readonly XmlElement[];
}

/** Reads an XML document as S3 writes them; `undefined` if it is not one whole element. */
export function readXml(xml: string): XmlElement | undefined {
  const levels: XmlElement[][] = [];
  const isWhole = walkXml(xml, (name, { length: level }, text = "") => {
    const children = levels[level + 1] ?? [];
    levels[level + 1] = [];
    const siblings = levels[level] ?? [];
    siblings.push({ name, text: unescapeXml(text), children });
    levels[level] = siblings;
  });
  return isWhole ? levels[0]?.[0] : undefined;
}

const ENTITIES: Readonly<Record<string, string>> = {
  lt: "<",
  gt: ">",
  amp: "&",
  quot: '"',
  apos: "'",
};

/** Throws for text with comments or the like: no store writes them. */
function unescapeXml(text: string): string {
  if (text.includes("<")) throw new SyntaxError("an element has more than text");
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return ENTITIES[name] ?? whole;
    return String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16));
  });
}

export function escapeXml(text: string): string {
  return text.replace(/[&<>"\u2028\u2029]/g, escapedCharacter);
}

function escapedCharacter(character: string): string {
  const name = Object.keys(ENTITIES).find((entity) => ENTITIES[entity] === character);
  if (name !== undefined) return `&${name};`;
  return `&#x${character.charCodeAt(0).toString(16).toUpperCase()};`;
}
