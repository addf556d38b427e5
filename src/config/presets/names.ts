/** A strategy that is built in. */
export type BuiltInStrategy = 'aggressive' | 'balanced' | 'conservative' | 'critical';

/** Any text. In a union with literals it keeps them separate, so that editors complete them. */
export type AnyText = string & Readonly<Record<never, never>>;

/** The names in `Own` if they are literals. A type argument is never inferred from it. */
export type Listed<Own extends string> = { readonly known: Own; readonly open: never }[string extends Own
  ? 'open'
  : 'known'];

/** A strategy by its name. Editors complete the built-in ones and those of `Own`; other text is checked at run time. */
export type StrategyName<Own extends string = string> = BuiltInStrategy | Listed<Own> | AnyText;

/** A preset that is built in. */
export type BuiltInPreset = 'simple' | 'development' | 'production';

/**
 * A preset by its name, `auto` for the one that suits the environment, or `none`. Editors complete these names and those of
 * `Own`; other text compiles and is checked at run time, since it may come from a variable.
 */
export type PresetName<Own extends string = string> = BuiltInPreset | 'auto' | 'none' | Listed<Own> | AnyText;
