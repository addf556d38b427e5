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
export function settingIn(path: string, operations: ReadonlySet<string>): About {
  const within = path.slice(path.indexOf('.') + 1);
  const [part = ''] = within.split(/[.[]/, 1);
  const rest = within.slice(part.length + 1);
  if (rest === '') return { ...NOTHING, part };
  if (part === 'defaults' || part === 'settings') return { ...NOTHING, setting: rest };
  if (part !== 'operations') return { ...NOTHING, part };
  const operation = operationIn(rest, operations);
  if (operation === undefined) return { ...NOTHING, part };
  const setting = rest.slice(operation.length + 1);
  return { ...NOTHING, operation, setting: setting === '' ? undefined : setting };
}

/** The longest name that a path begins with. It is looked for from the end, since settings have few dots and names many. */
function operationIn(path: string, operations: ReadonlySet<string>): string | undefined {
  for (let end = path.length; end > 0; end = path.lastIndexOf('.', end - 1)) {
    const name = path.slice(0, end);
    if (operations.has(name)) return name;
  }
  return undefined;
}
