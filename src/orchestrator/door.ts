import { configurationError } from '../input/index.js';
import type { Call, StreamOpening } from '../pipeline/index.js';
import type { AnyExecuteOptions } from './options.js';

/** The methods of an operation that edges use. Other copies of the package have the same ones. */
export const OPEN: unique symbol = Symbol.for('holdfast.open');
export const REMEMBER: unique symbol = Symbol.for('holdfast.remember');

/** An operation as edges use it. */
export interface Door {
  /** Runs a call like `execute`, but lets `opening` open the value of each attempt, and know when it has ended. */
  [OPEN](fn: (call: Call) => unknown, options: AnyExecuteOptions, opening: StreamOpening): Promise<unknown>;
  /** Lets `explain` recognise an object, such as the headers of a response, by the call that ended with `error`. */
  [REMEMBER](error: unknown, like: object): void;
}

/**
 * Finds an operation of a `Resilience`.
 *
 * @throws {ConfigurationError} if it is no `Resilience`, or the name is refused.
 */
export function findDoor(resilience: unknown, operation: string): Door {
  const found = isResilience(resilience) ? resilience.operation(operation) : undefined;
  if (isDoor(found)) return found;
  throw configurationError('resilience', 'must be made by createResilience()', resilience);
}

function isResilience(value: unknown): value is { operation(name: string): unknown } {
  return typeof value === 'object' && value !== null && 'operation' in value && typeof value.operation === 'function';
}

function isDoor(value: unknown): value is Door {
  return typeof value === 'object' && value !== null && OPEN in value;
}
