// S3's answers are flat and machine-made: their elements are found by name, in one pass and without a tree.

const NAMED: Readonly<Record<string, string>> = {
  lt: "<",
  gt: ">",
  amp: "&",
  quot: '"',
  apos: "'",
};

/** The text of the first element of this name, or undefined if there is none. */
export function textOf(xml: string, name: string): string | undefined {
  const inner = elementFrom(xml, name, 0)?.inner;
  return inner === undefined ? undefined : unescaped(inner);
}

/** What each element of this name holds, as it stands. Elements of one name never nest. */
export function* elementsOf(xml: string, name: string): Generator<string, void> {
  for (let at = 0; ; ) {
    const found = elementFrom(xml, name, at);
    if (found === undefined) return;
    yield found.inner;
    at = found.end;
  }
}

/** The name of the outermost element. */
export function rootOf(xml: string): string | undefined {
  return /<([A-Za-z][\w.-]*)/.exec(xml)?.[1];
}

interface Found {
  readonly inner: string;
  readonly end: number;
}

function elementFrom(xml: string, name: string, from: number): Found | undefined {
  const start = openingTag(xml, name, from);
  if (start === -1) return undefined;
  const close = xml.indexOf(">", start);
  if (close === -1) throw new SyntaxError(`<${name}> is cut off`);
  if (xml[close - 1] === "/") return { inner: "", end: close + 1 };
  const end = xml.indexOf(`</${name}>`, close);
  if (end === -1) throw new SyntaxError(`<${name}> has no end`);
  return { inner: xml.slice(close + 1, end), end: end + name.length + 3 };
}

function openingTag(xml: string, name: string, from: number): number {
  const tag = `<${name}`;
  let start = xml.indexOf(tag, from);
  // <Key is also how <KeyCount begins.
  while (start !== -1 && !/[\s/>]/.test(xml[start + tag.length] ?? "")) {
    start = xml.indexOf(tag, start + 1);
  }
  return start;
}

function unescaped(text: string): string {
  if (text.includes("<")) throw new SyntaxError("an element holds others where text is due");
  if (!text.includes("&")) return text;
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return NAMED[name] ?? whole;
    return String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16));
  });
}

/** Text as it may stand in an element. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => {
    if (character === "&") return "&amp;";
    if (character === "<") return "&lt;";
    return character === ">" ? "&gt;" : "&quot;";
  });
}
