import { firstOf, type Link } from './link.js';
import { requestIdOf } from './request-id.js';

/** What is known of an error and of everything behind it (`cause`, `errors[]`, `lastError`), the outermost first. */
export interface ErrorFacts {
  /** The HTTP status of the first error that has one. */
  readonly status: number | undefined;
  /** Everything that is given as a code, in bodies too. */
  readonly codes: readonly string[];
  /** Everything that is given as a type, in bodies too. */
  readonly types: readonly string[];
  /** Names of the errors, and of their classes where these differ. */
  readonly names: readonly string[];
  /** Messages, and the texts of bodies. */
  readonly messages: readonly string[];
  /** Who failed, as far as that can be told: see `Failure.provider`. */
  readonly provider: string | undefined;
  /** The callee's own number of the request. */
  readonly requestId: string | undefined;
  /** The body of the first answer that has one, parsed where it is JSON. */
  readonly body: unknown;
  /** A header of the first answer that has any; the case of the name does not matter. */
  readonly header: (name: string) => string | undefined;
}

/** The facts of a chain, each worked out when a rule asks for it. */
export class ChainFacts implements ErrorFacts {
  readonly #links: readonly Link[];

  constructor(links: readonly Link[]) {
    this.#links = links;
  }

  get status(): number | undefined {
    return firstOf(this.#links, ({ status }) => status);
  }

  get codes(): readonly string[] {
    return this.#links.flatMap(({ found }) => found.codes);
  }

  get types(): readonly string[] {
    return this.#links.flatMap(({ found }) => found.types);
  }

  get names(): readonly string[] {
    return this.#links.flatMap(({ name, className }) => [...new Set([name, className])]).filter((name) => name !== '');
  }

  get messages(): readonly string[] {
    return this.#links.flatMap(({ message, found: { texts } }) =>
      message === '' || texts[0] === message ? texts : [message, ...texts],
    );
  }

  get provider(): string | undefined {
    return firstOf(this.#links, ({ origin }) => origin.provider);
  }

  get requestId(): string | undefined {
    return firstOf(this.#links, requestIdOf);
  }

  get body(): unknown {
    return firstOf(this.#links, ({ found }) => found.body);
  }

  // A field rather than a method, since rules take facts apart.
  readonly header = (name: string): string | undefined =>
    firstOf(this.#links, ({ headers }) => headers)?.get(name.toLowerCase());
}
