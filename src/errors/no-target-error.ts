import { HoldfastError } from './holdfast-error.js';

/** A target that was passed over, and why. */
interface Skipped {
  readonly target: string;
  readonly key: string | undefined;
  readonly reason: string;
}

/** No target accepts the call; the function was not called. Carries no stack trace, which would show only holdfast. */
export class NoTargetError extends HoldfastError {
  override readonly name = 'NoTargetError';
  override readonly code = 'HOLDFAST_NO_TARGET';
  /** The operation whose call was rejected. */
  readonly operation: string;
  /** Every target, with the reason that its `accepts` gave. */
  readonly skippedTargets: readonly Skipped[];

  constructor(operation: string, skippedTargets: readonly Skipped[]) {
    const reasons = skippedTargets.map(({ target, reason }) => `${target} (${reason})`);
    super(`no target of '${operation}' accepts the call: ${reasons.join(', ')}`);
    this.operation = operation;
    this.skippedTargets = skippedTargets;
  }

  static override is(error: unknown): error is NoTargetError {
    return HoldfastError.is(error) && error.code === 'HOLDFAST_NO_TARGET';
  }
}
