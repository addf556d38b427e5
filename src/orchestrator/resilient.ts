import type { ExecuteOptions } from './options.js';
import type { Resilience } from './resilience.js';
import type { Wrappable, Wrapped } from './wrap.js';

/**
 * A method decorator (TC39): calls of the method run under the protection of an operation.
 *
 * ```ts
 * class Chat {
 *   @resilient(resilience, 'chat')
 *   async ask(question: string): Promise<string> { ... }
 * }
 * ```
 *
 * @throws {ConfigurationError} for bad input, when the class is defined.
 */
export function resilient(resilience: Resilience, operation: string, options?: ExecuteOptions) {
  return <This, Args extends readonly unknown[], T>(
    method: Wrappable<This, Args, T>,
    _context: ClassMethodDecoratorContext<This, Wrappable<This, Args, T>>,
  ): Wrapped<This, Args, T> => resilience.wrap(operation, method, options);
}
