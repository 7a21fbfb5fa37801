// S3's answers are flat and made by machines. What is read here is their plain form; of anything else the reader says
// `undefined`, and the SDK's parser, which knows all of XML, reads it instead.

const ENTITIES: Readonly<Record<string, string>> = {
  "&lt;": "<",
  "&gt;": ">",
  "&amp;": "&",
  "&quot;": '"',
  "&apos;": "'",
};

/** What stands inside of the outermost element, if it is the named one, is whole, and has no comments or the like. */
export function insideOf(xml: string, root: string): string | undefined {
  const start = new RegExp(`^\\s*(?:<\\?xml[^>]*\\?>)?\\s*<${root}(?: xmlns="[^"<>]*")?>`).exec(
    xml,
  );
  const end = /^\s*$/.test(xml.slice(xml.lastIndexOf(">") + 1)) ? `</${root}>` : undefined;
  if (start === null || end === undefined) return undefined;
  const last = xml.lastIndexOf(">") + 1 - end.length;
  if (!xml.startsWith(end, last) || last < start[0].length || xml.includes("<!")) return undefined;
  return xml.slice(start[0].length, last);
}

/** The text of the only element of this name; `undefined` if there is none, or more than text. */
export function textOf(xml: string, name: string): string | undefined {
  const opening = `<${name}>`;
  const at = xml.indexOf(opening);
  if (at === -1) return undefined;
  const start = at + opening.length;
  const end = xml.indexOf("<", start);
  const closing = `</${name}>`;
  if (!xml.startsWith(closing, end) || xml.includes(opening, end)) return undefined;
  return unescaped(xml.slice(start, end));
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

/** Text as it may stand in an element. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"\u2028\u2029]/g, escapedCharacter);
}

function escapedCharacter(character: string): string {
  const entity = Object.keys(ENTITIES).find((name) => ENTITIES[name] === character);
  return entity ?? `&#x${character.charCodeAt(0).toString(16).toUpperCase()};`;
}
