import { HoldfastError } from './holdfast-error.js';

/** What can be wrong with an answer whose status says success. */
export type AnswerProblem =
  /** It should be JSON and is not: it was cut off, or is empty. */
  | 'not_json'
  /** It is a page, such as that of a proxy or of a sign-in. */
  | 'page'
  /** The provider, or a gateway before it, says within it that it has failed. */
  | 'failed';

/** What is kept of the response. */
type AnsweringResponse = Pick<Response, 'status' | 'headers'>;

const WHAT: Readonly<Record<AnswerProblem, string>> = {
  not_json: 'is not valid JSON',
  page: 'is a page of HTML',
  failed: 'says that the provider has failed',
};

/** The provider answered with a status of success, and its answer is none. */
export class InvalidAnswerError extends HoldfastError {
  override readonly name = 'InvalidAnswerError';
  override readonly code = 'HOLDFAST_INVALID_ANSWER';
  readonly operation: string;
  readonly reason: AnswerProblem;
  readonly status: number;
  readonly headers: Headers;
  /** What the provider says of its failure, unchanged; `undefined` for another reason. */
  readonly error: unknown;

  constructor(
    reason: AnswerProblem,
    {
      operation,
      response,
      error,
    }: { readonly operation: string; readonly response: AnsweringResponse; readonly error?: unknown },
  ) {
    super(`the answer to '${operation}' with status ${response.status} ${WHAT[reason]}`);
    this.operation = operation;
    this.reason = reason;
    this.status = response.status;
    this.headers = response.headers;
    this.error = error;
  }

  static override is(error: unknown): error is InvalidAnswerError {
    return HoldfastError.is(error) && error.code === 'HOLDFAST_INVALID_ANSWER';
  }
}
