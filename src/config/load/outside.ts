import { Check, configurationError, isObject } from '../../input/index.js';
import { checkedDocument } from '../checked-document.js';
import type { ConfigInput } from '../document.js';
import { Gathering } from './gathering.js';
import { checkUnits } from './wrong-units.js';

/**
 * A config from outside, a file or a variable, that has been checked.
 *
 * @param source what it is called in error messages.
 * @throws {ConfigurationError} naming everything that is wrong with it.
 */
export function checkedOutside(source: string, value: unknown): ConfigInput {
  if (!isObject(value)) {
    throw configurationError(source, 'must be an object with the parts of a config', value);
  }
  const gathering = new Gathering();
  gathering.from(() => {
    const check = new Check();
    checkUnits(check, source, value);
    checkPrototype(check, source, value);
    check.throwIfInvalid();
  });
  const own = gathering.from(() => checkedDocument(source, value));
  if (own === undefined || !gathering.isClean) throw gathering.error();
  return own;
}

/** As the name of an operation it does no harm in here; in the hands of those who copy what was loaded it may. */
function checkPrototype(check: Check, source: string, { operations }: ConfigInput): void {
  if (typeof operations !== 'object' || operations === null || !Object.hasOwn(operations, '__proto__')) return;
  check.addIssue(`${source}.operations.__proto__`, 'must have another name', '__proto__');
}
