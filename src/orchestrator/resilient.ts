import type { ExecuteOptions } from './options.js';
import type { Resilience } from './resilience.js';
import type { Wrappable, Wrapped } from './wrap.js';

/** A method that returns a promise, as a decorated one does. */
type AsyncMethod = (...args: never[]) => Promise<unknown>;

/** Decorates a method without changing its type, type parameters included. */
type MethodDecorator = <F extends AsyncMethod>(method: F, context: ClassMethodDecoratorContext) => F;

/**
 * A method decorator (TC39): calls of the method run under the protection of an operation.
 *
 * @example
 * ```ts
 * class Chat {
 *   @resilient(resilience, 'chat')
 *   async ask(question: string): Promise<string> {
 *     return fetchAnswer(question);
 *   }
 * }
 * ```
 *
 * @param options the value of a `fallback` in them is not checked against the type of the method.
 * @throws {ConfigurationError} for bad input, when the class is defined.
 */
export function resilient<Name extends string, Strategy extends string, Operation extends Name>(
  resilience: Resilience<Name, Strategy>,
  operation: Operation,
  options?: ExecuteOptions<Strategy, unknown>,
): MethodDecorator {
  function decorate<F extends AsyncMethod>(method: F, context: ClassMethodDecoratorContext): F;
  function decorate(method: Wrappable<unknown, unknown[], unknown>): Wrapped<unknown, unknown[], unknown> {
    return resilience.wrap(operation, method, options);
  }
  return decorate;
}
