/** What a path is about, such as `config.operations.chat.retry.jitter`. */
export interface About {
  /** A part of the whole that is no setting: `preset`. */
  readonly part: string | undefined;
  /** `undefined`: what holds for all operations. */
  readonly operation: string | undefined;
  /** The path within settings: `retry.jitter`. */
  readonly setting: string | undefined;
}

const NOTHING: About = { part: undefined, operation: undefined, setting: undefined };

/**
 * What a path is about.
 *
 * @param operations their names, which may hold dots.
 */
export function settingIn(path: string, operations: readonly string[]): About {
  const within = path.slice(path.indexOf('.') + 1);
  const [part = ''] = within.split(/[.[]/, 1);
  const rest = within.slice(part.length + 1);
  if (rest === '') return { ...NOTHING, part };
  if (part === 'defaults' || part === 'settings') return { ...NOTHING, setting: rest };
  if (part !== 'operations') return { ...NOTHING, part };
  const named = operations.filter((name) => rest === name || rest.startsWith(`${name}.`));
  const [operation] = named.toSorted((one, other) => other.length - one.length);
  if (operation === undefined) return { ...NOTHING, part };
  const setting = rest.slice(operation.length + 1);
  return { ...NOTHING, operation, setting: setting === '' ? undefined : setting };
}
