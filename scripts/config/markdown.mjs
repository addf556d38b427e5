/** Words of a document in Markdown. */

/**
 * A table with its columns in line.
 *
 * @param {readonly string[]} head
 * @param {readonly (readonly string[])[]} rows
 */
export function table(head, rows) {
  const widths = head.map((cell, column) =>
    Math.max(...[head, ...rows].map((row) => (row[column] ?? '').length), 3, cell.length),
  );
  const line = (/** @type {readonly string[]} */ cells) =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}

/**
 * A value as it would be written in code, long numbers in groups of three digits.
 *
 * @param {unknown} value
 */
export function code(value) {
  if (typeof value === 'number') return `\`${grouped(value)}\``;
  if (Array.isArray(value)) return `\`[${value.map((item) => `'${item}'`).join(', ')}]\``;
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).map(([name, inner]) => `${name}: ${grouped(inner)}`);
    return `\`{ ${fields.join(', ')} }\``;
  }
  return typeof value === 'string' ? `\`'${value}'\`` : `\`${String(value)}\``;
}

/** @param {unknown} value */
export function grouped(value) {
  const [whole = '', fraction] = String(value).split('.');
  const groups = whole.replace(/\B(?=(?:\d{3})+$)/g, '_');
  return fraction === undefined ? groups : `${groups}.${fraction}`;
}

/**
 * A document with other tables between its markers, `<!-- generated: name -->` and `<!-- end -->`.
 *
 * @param {string} document
 * @param {Readonly<Record<string, string>>} parts
 */
export function filledIn(document, parts) {
  const unused = new Set(Object.keys(parts));
  const filled = document.replace(MARKED, (_, /** @type {string} */ name) => {
    const part = parts[name];
    if (part === undefined) throw new Error(`no generated part is called ${name}`);
    unused.delete(name);
    return `<!-- generated: ${name} -->\n\n${part}\n\n<!-- end -->`;
  });
  if (unused.size > 0) throw new Error(`the document has no place for ${[...unused].join(', ')}`);
  return filled;
}

const MARKED = /<!-- generated: ([\w-]+) -->\n[\s\S]*?<!-- end -->/g;

/**
 * Gives headings of one page their anchors, as GitHub does: in the order of the page, since a repeated one is
 * numbered.
 *
 * @returns {(heading: string) => string}
 */
export function createSlugger() {
  /** @type {Map<string, number>} */
  const seen = new Map();
  return (heading) => {
    const slug = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .trim()
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}\-_ ]/gu, '')
      .replaceAll(' ', '-');
    const times = seen.get(slug) ?? 0;
    seen.set(slug, times + 1);
    return times === 0 ? slug : `${slug}-${times}`;
  };
}
