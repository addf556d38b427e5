import { configurationError } from '../input/index.js';
import type { Call, StreamOpening } from '../pipeline/index.js';
import type { AnyExecuteOptions } from './options.js';

/** What edges need of an operation beside its public methods. */
export interface Door {
  /** Whether its calls go to targets, unless they say otherwise. */
  readonly hasTargets: boolean;
  /** Whether its targets know the conversation that a call belongs to. */
  readonly isSticky: boolean;
  /** Runs a call like `execute`, but lets `opening` open the value of each attempt, and know when it has ended. */
  open(fn: (call: Call) => unknown, options: AnyExecuteOptions, opening: StreamOpening): Promise<unknown>;
  /** Lets `explain` recognise an object, such as the headers of a response, by the call that ended with `error`. */
  remember(copy: object, error: unknown): void;
}

/**
 * Finds the door of an operation.
 *
 * @throws {ConfigurationError} if it is no `Resilience`, or the name is refused.
 */
export function findDoor(resilience: unknown, operation: string): Door {
  const found = isResilience(resilience) ? resilience.operation(operation) : undefined;
  if (hasDoor(found)) return found.door;
  throw configurationError('resilience', 'must be made by createResilience()', resilience);
}

function isResilience(value: unknown): value is { operation(name: string): unknown } {
  return typeof value === 'object' && value !== null && 'operation' in value && typeof value.operation === 'function';
}

function hasDoor(value: unknown): value is { readonly door: Door } {
  return typeof value === 'object' && value !== null && 'door' in value;
}
