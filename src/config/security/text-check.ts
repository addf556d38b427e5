import type { Findings } from './findings.js';
import { SECURITY_LIMITS } from './limits.js';
import { forbiddenIn } from './patterns.js';

/** Control, format, private and lone surrogate characters: none is meant to be read. */
const UNREADABLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/u;
const HIGHEST_CHARACTER = 0x1f4ff;
const TOO_HIGH = /[\u{1f500}-\u{10ffff}]/u;
const REPEATED = new RegExp(`(.)\\1{${SECURITY_LIMITS.maxRepeats}}`, 'su');

/** Checks what a string or the name of a field holds. Its length comes first, and ends the check. */
export function checkText(findings: Findings, path: string, text: string, kind: 'string' | 'key'): void {
  const longest = kind === 'key' ? SECURITY_LIMITS.maxKeyLength : SECURITY_LIMITS.maxStringLength;
  if (text.length > longest) {
    findings.refuse(path, `must be a ${kind} of at most ${longest} characters`, text, 'Shorten it.');
    return;
  }
  checkCharacters(findings, path, text);
  for (const what of forbiddenIn(text)) findings.refuse(path, `must not hold ${what}`, text, 'Leave it out.');
  if (REPEATED.test(text)) {
    findings.warn(path, `repeats a character more than ${SECURITY_LIMITS.maxRepeats} times`, text);
  }
}

function checkCharacters(findings: Findings, path: string, text: string): void {
  const unreadable = UNREADABLE.exec(text)?.[0];
  if (unreadable !== undefined) {
    const message = 'must not hold control, format, private or lone surrogate characters';
    findings.refuse(path, message, text, `Leave out ${inHex(unreadable)}.`);
  }
  const tooHigh = TOO_HIGH.exec(text)?.[0];
  if (tooHigh !== undefined) {
    const message = `must not hold characters above U+${HIGHEST_CHARACTER.toString(16).toUpperCase()}`;
    findings.refuse(path, message, text, `Leave out ${inHex(tooHigh)}.`);
  }
}

function inHex(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
