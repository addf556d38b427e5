import { ROOT } from '../../scripts/pack.mjs';
import { proseOf, readDocument } from './documents.js';

/** The sentences of a document that have more words than that. */
export function findLongSentences(document: string, mostWords: number, root: string = ROOT): readonly string[] {
  return listSentences(proseOf(readDocument(document, root))).filter((sentence) => countWords(sentence) > mostWords);
}

/** How many words a document has, its code among them. */
export function countWordsOf(document: string, root: string = ROOT): number {
  return countWords(readDocument(document, root));
}

/** Sentences of paragraphs, items of lists and cells of tables; what stands in one of these ends with it. */
function listSentences(prose: string): readonly string[] {
  return prose
    .replaceAll(/<!--[\s\S]*?-->/g, '')
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/`[^`\n]*`/g, 'code')
    .split(/\n{2,}|\n(?=\s*(?:[-*+]|\d+\.|\||#|>) ?)|(?<!\\)\|/)
    .flatMap((block) => block.replaceAll(/\s+/g, ' ').split(/(?<=[.!?]["')*_]*) (?=["'(*_]*[\p{Lu}\p{N}]|code)/u))
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');
}

function countWords(text: string): number {
  return text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}
