import type { FailureKind } from '../pipeline/index.js';
import type { Link } from './link.js';

/** A status that means something else in certain company, whatever the words beside it say. */
interface Exception {
  readonly status: number;
  readonly kind: FailureKind;
  readonly when: (link: Link) => boolean;
}

const EXCEPTIONS: readonly Exception[] = [
  // OpenRouter: credit that is reserved by requests under way comes back. Whoever names a time means a wait.
  { status: 402, kind: 'rate_limited', when: ({ headers }) => headers?.get('retry-after') !== undefined },
  // Anthropic: the customer's own key store cannot be reached. The model is not what is overloaded.
  { status: 503, kind: 'server_error', when: ({ found }) => found.codes.some((code) => code.startsWith('cmek_')) },
];

/** The kind of an error that is an exception; `undefined` for all others. */
export function exceptionalKind(link: Link): FailureKind | undefined {
  for (const { status, kind, when } of EXCEPTIONS) if (status === link.status && when(link)) return kind;
  return undefined;
}
