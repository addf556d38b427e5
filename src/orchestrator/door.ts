import { configurationError } from '../input/index.js';
import type { Call, StreamOpening } from '../pipeline/index.js';
import type { AnyExecuteOptions } from './options.js';

/** Where an operation keeps its {@link Door}. The same for other copies of the package. */
const DOOR: unique symbol = Symbol.for('holdfast.door');

/** What edges need of an operation beside its public methods. */
export interface Door {
  /** Whether its calls go to targets, unless they say otherwise. */
  readonly hasTargets: boolean;
  /** Runs a call like `execute`, but lets `opening` open the value of each attempt, and know when it has ended. */
  open(fn: (call: Call) => unknown, options: AnyExecuteOptions, opening: StreamOpening): Promise<unknown>;
  /** Lets `explain` recognise an object, such as the headers of a response, by the call that ended with `error`. */
  remember(copy: object, error: unknown): void;
}

/** Gives an operation its door. Not by a computed member, which a declaration file cannot name. */
export function installDoor(operation: object, makeDoor: () => Door): void {
  Object.defineProperty(operation, DOOR, { get: makeDoor });
}

/**
 * Finds the door of an operation.
 *
 * @throws {ConfigurationError} if it is no `Resilience`, or the name is refused.
 */
export function findDoor(resilience: unknown, operation: string): Door {
  const found = isResilience(resilience) ? resilience.operation(operation) : undefined;
  if (hasDoor(found)) return found[DOOR];
  throw configurationError('resilience', 'must be made by createResilience()', resilience);
}

function isResilience(value: unknown): value is { operation(name: string): unknown } {
  return typeof value === 'object' && value !== null && 'operation' in value && typeof value.operation === 'function';
}

function hasDoor(value: unknown): value is { readonly [DOOR]: Door } {
  return typeof value === 'object' && value !== null && DOOR in value;
}
