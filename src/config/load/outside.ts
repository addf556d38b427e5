import { Check, configurationError, isObject } from '../../input/index.js';
import type { ConfigInput } from '../document.js';
import { parseDocument } from '../parse-document.js';
import type { Catalog } from '../presets/catalog.js';
import { Gathering } from './gathering.js';
import { checkUnits } from './wrong-units.js';

/**
 * A config from outside, a file or a variable, that has been checked.
 *
 * @param source what it is called in error messages.
 * @throws {ConfigurationError} naming everything that is wrong with it.
 */
export function checkedOutside(source: string, value: unknown, catalog: Catalog): ConfigInput {
  if (!isObject(value)) {
    throw configurationError(source, 'must be an object with the parts of a config', value);
  }
  const gathering = new Gathering();
  gathering.from(() => {
    const check = new Check();
    checkUnits(check, source, value, catalog.config);
    checkPrototype(check, source, value);
    check.throwIfInvalid();
  });
  const own = gathering.from(() => parseDocument(source, value, catalog));
  if (own === undefined || !gathering.isClean) throw gathering.error();
  return own;
}

/** As the name of an operation it does no harm in here; in the hands of those who copy what was loaded it may. */
function checkPrototype(check: Check, source: string, { operations }: ConfigInput): void {
  if (typeof operations !== 'object' || operations === null || !Object.hasOwn(operations, '__proto__')) return;
  check.addIssue(`${source}.operations.__proto__`, 'must have another name', '__proto__');
}
