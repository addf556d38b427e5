/**
 * The sections of `llms.txt` with what belongs in them, by how paths begin; the first that fits decides.
 *
 * @type {readonly (readonly [heading: string, beginnings: readonly string[]])[]}
 */
const SECTIONS = [
  ['Start', ['README.md']],
  ['Guides', ['docs/guides/', 'docs/operations/']],
  ['Reference', ['docs/reference/']],
  // By convention, these may be left out if the context is short.
  ['Optional', ['']],
];

/**
 * The text of `llms.txt`: the documents of the package with a line for each, in the form of llmstxt.org.
 *
 * @param {{ readonly name: string, readonly description: string }} manifest
 * @param {readonly string[]} documents paths from the root
 * @param {(path: string) => string} read
 */
export function llmsText({ name, description }, documents, read) {
  const sectionOf = (/** @type {string} */ path) =>
    SECTIONS.find(([, beginnings]) => beginnings.some((beginning) => path.startsWith(beginning)))?.[0];
  const sections = SECTIONS.map(([heading]) => {
    const lines = documents.filter((path) => sectionOf(path) === heading).map((path) => lineOf(path, read(path)));
    return `## ${heading}\n\n${lines.join('\n')}`;
  });
  return `# ${name}\n\n> ${description}\n\n${sections.join('\n\n')}\n`;
}

/**
 * @param {string} path
 * @param {string} text
 */
function lineOf(path, text) {
  const [, title] = /^# (.+)$/m.exec(text) ?? [];
  const about = firstSentence(text);
  if (title === undefined || about === undefined)
    throw new Error(`${path} needs a title and a sentence on what it is about`);
  return `- [${withoutMarks(title)}](${path}): ${about}`;
}

/**
 * The first sentence of prose: not of a heading, the links at the top, a list, a table, code, or the state of a decision.
 *
 * @param {string} text
 */
function firstSentence(text) {
  const paragraph = text
    .replace(/^```[\s\S]*?^```$/gm, '')
    .split(/\n{2,}/)
    .find((block) => !/^(?:[#<|>-]|\* |\d+\.|Accepted|Replaced|\s*$)/.test(block) && !block.includes(') ·'));
  if (paragraph === undefined) return undefined;
  const line = withoutMarks(paragraph.replace(/\s*\n\s*/g, ' '));
  return (/^.+?[.!?](?= |$)/.exec(line)?.[0] ?? line).replace(/:$/, '.');
}

/** @param {string} text */
function withoutMarks(text) {
  return text
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')

    .replaceAll('**', '')
    .replace(/(?<![\w`])_([^_]+)_(?!\w)/g, '$1')
    .trim();
}
