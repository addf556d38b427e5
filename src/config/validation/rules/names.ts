import type { OperationInput } from '../../document.js';
import { isSlipOf, type Spelling, spellingOf } from '../similar-name.js';

/** An operation as a config has it, and what its names may have been meant to be. */
export interface Named {
  readonly name: string;
  readonly alias: string | undefined;
  /** What its name looks like a slip of. */
  readonly meant: string | undefined;
  /** Whether its alias is the name of a known operation. */
  readonly aliasIsKnown: boolean;
  /** What its alias looks like a slip of. */
  readonly aliasMeant: string | undefined;
}

/** Something that the name of an operation can have against it. */
export interface NameRule {
  readonly id: string;
  /** What of the operation it is about; empty for its name. */
  readonly path: '' | 'alias';
  readonly when: (named: Named) => boolean;
  readonly message: (named: Named) => string;
  readonly suggestion: (named: Named) => string | undefined;
}

/** What names can have against them. Names are free, and these look as if something else was meant. */
export const NAME_RULES: readonly NameRule[] = [
  {
    id: 'looks-like-typo',
    path: '',
    when: ({ meant }) => meant !== undefined,
    message: ({ meant }) => `is another operation than '${meant}', and looks like a slip of it`,
    suggestion: ({ meant }) => didYouMean(meant),
  },
  {
    id: 'alias-of-nothing',
    path: 'alias',
    when: ({ alias, aliasIsKnown }) => alias !== undefined && !aliasIsKnown,
    message: () => 'is an operation that nothing here is said of: is it called that?',
    suggestion: ({ aliasMeant }) => didYouMean(aliasMeant),
  },
];

/**
 * The operations of a config, by the names that are known.
 *
 * @param preset the operations and aliases of the preset.
 */
export function namedIn(own: ReadonlyMap<string, OperationInput>, preset: readonly string[]): Named[] {
  const ofPreset = preset.map(spellingOf);
  const spellings = [...own.keys()].map(spellingOf);
  const known = [...ofPreset, ...spellings];
  return spellings.map((spelling, index) => {
    const { name } = spelling;
    const alias = own.get(name)?.alias;
    const isKnown = alias !== undefined || preset.includes(name);
    // Of two that are like each other, the first is taken for what it is. An alias may be like what it is an alias of.
    const others = [...ofPreset, ...spellings.slice(0, index)].filter((other) => own.get(other.name)?.alias !== name);
    return {
      name,
      alias,
      meant: isKnown ? undefined : slipIn(others, spelling),
      aliasIsKnown: alias !== undefined && known.some((other) => other.name === alias),
      aliasMeant: alias === undefined ? undefined : slipIn(known, spellingOf(alias)),
    };
  });
}

function slipIn(others: readonly Spelling[], spelling: Spelling): string | undefined {
  return others.find((other) => isSlipOf(spelling, other))?.name;
}

function didYouMean(meant: string | undefined): string | undefined {
  return meant === undefined ? undefined : `Did you mean '${meant}'?`;
}
