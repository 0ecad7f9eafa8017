const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The text of the first element with this name, whatever its prefix; null where there is none. Routers send flat, small XML. */
export function elementText(xml: string, name: string): string | null {
  return elements(xml, name)[0] ?? null;
}

/** What stands in each element with this name; elements with the same name inside it are not told apart. */
export function elements(xml: string, name: string): readonly string[] {
  const pattern = new RegExp(
    `<(?:[\\w-]+:)?${name}(?:\\s[^<>]*)?>([\\s\\S]*?)</(?:[\\w-]+:)?${name}\\s*>`,
    'g',
  );
  return [...xml.matchAll(pattern)].map(([, text = '']) => unescapeXml(text.trim()));
}

/** Text as it may stand in an element. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>]/g, (letter) => (letter === '&' ? '&amp;' : letter === '<' ? '&lt;' : '&gt;'));
}

function unescapeXml(text: string): string {
  if (text.includes('<')) return text;
  return text.replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => ENTITIES[name]!);
}
