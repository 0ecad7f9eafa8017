const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** A tag: whether it closes, its name without prefix, the rest. It ends at the next bracket, so that a hostile page costs no more than a long one. */
const TAG = /<(\/?)(?:[\w-]{1,64}:)?([\w-]{1,64})([^<>]*)>/g;

/** The text of the first element with this name, whatever its prefix; null where there is none. Routers send flat, small XML. */
export function elementText(xml: string, name: string): string | null {
  return elements(xml, name)[0] ?? null;
}

/** What stands in each element with this name; elements with the same name inside it are not told apart. */
export function elements(xml: string, name: string): readonly string[] {
  const found: string[] = [];
  let from: number | null = null;
  for (const { index, 0: tag, 1: slash, 2: tagName, 3: rest = '' } of xml.matchAll(TAG)) {
    if (tagName !== name || rest.endsWith('/')) continue;
    if (slash === '') from ??= index + tag.length;
    else if (from !== null) {
      found.push(unescapeXml(xml.slice(from, index).trim()));
      from = null;
    }
  }
  return found;
}

/** Text as it may stand in an element. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>]/g, (letter) => (letter === '&' ? '&amp;' : letter === '<' ? '&lt;' : '&gt;'));
}

function unescapeXml(text: string): string {
  if (text.includes('<')) return text;
  return text.replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => ENTITIES[name]!);
}
