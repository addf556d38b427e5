import { UsageError } from './usage-error.js';

/** What stands on the command line behind the name of a command, checked against what the command knows. */
export class Given {
  readonly #arguments: ReadonlyMap<string, string>;
  readonly #options: ReadonlyMap<string, readonly string[]>;

  /** @param options the values of each option that was given, in their order; a switch has none. */
  constructor(given: ReadonlyMap<string, string>, options: ReadonlyMap<string, readonly string[]>) {
    this.#arguments = given;
    this.#options = options;
  }

  /** An argument, by its name. */
  argument(name: string): string | undefined {
    return this.#arguments.get(name);
  }

  /** An argument that the command cannot do without, so that it has been given. */
  required(name: string): string {
    const value = this.#arguments.get(name);
    if (value === undefined) throw new UsageError(`<${name}> is missing.`);
    return value;
  }

  /** Whether a switch is on. */
  has(option: string): boolean {
    return this.#options.has(option);
  }

  /** The value of an option; of several, the last. */
  value(option: string): string | undefined {
    return this.#options.get(option)?.at(-1);
  }

  /** The values of an option that can be given more than once. */
  values(option: string): readonly string[] {
    return this.#options.get(option) ?? [];
  }

  /** The value of an option as a whole number within bounds. @throws {UsageError} when it is none. */
  wholeNumber(option: string, min: number, max: number): number | undefined {
    const text = this.value(option);
    if (text === undefined) return undefined;
    const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (number >= min && number <= max) return number;
    throw new UsageError(`--${option} must be a whole number from ${min} to ${max}; received '${text}'.`);
  }
}
