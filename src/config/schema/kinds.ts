import { z } from 'zod';
import type { KindSettings, RetrySettings } from '../../retry/options.js';
import { backoffFields } from './backoff.js';
import { choice } from './choice.js';
import { exact } from './exact.js';
import { part } from './part.js';
import { field, told } from './texts.js';

type Kinds = NonNullable<RetrySettings['kinds']>;

const kindSchema: z.ZodType<KindSettings, KindSettings> = told(exact<KindSettings>()(part(backoffFields('kind'))), {
  id: 'kind',
  description: 'What is different for one kind of failure. What is left out is as it stands in `retry`.',
});

const ofKind = choice(kindSchema, z.boolean());

/** Which kinds of failures are retried, and how. */
export const kindsSchema: z.ZodType<Kinds, Kinds> = told(
  exact<Kinds>()(
    part({
      timeout: field(ofKind, { description: 'An attempt or a request ran out of time.', derived: 'it is retried' }),
      overloaded: field(ofKind, { description: 'The callee has no room at the moment.', derived: 'it is retried' }),
      rate_limited: field(ofKind, {
        description: 'Too many requests or tokens for a while.',
        derived: 'it is retried',
      }),
      network: field(ofKind, {
        description: 'The callee was not reached, or the connection broke.',
        derived: 'it is retried',
      }),
      server_error: field(ofKind, { description: 'The callee failed.', derived: 'it is retried' }),
      quota_exhausted: field(ofKind, {
        description: 'A quota is used up, and waiting does not help.',
        derived: 'it is not retried',
      }),
      context_length: field(ofKind, {
        description: 'The prompt is too long for the model.',
        derived: 'it is not retried',
      }),
      content_policy: field(ofKind, { description: 'The provider refuses the content.', derived: 'it is not retried' }),
      auth: field(ofKind, {
        description: 'The key is missing, wrong, or not allowed to do this.',
        derived: 'it is not retried',
      }),
      not_found: field(ofKind, { description: 'There is no such model or address.', derived: 'it is not retried' }),
      invalid_request: field(ofKind, { description: 'The request itself is wrong.', derived: 'it is not retried' }),
      unknown: field(ofKind, { description: 'Nothing tells what happened.', derived: 'it is not retried' }),
    }),
  ),
  {
    id: 'kinds',
    description:
      'What is different for a kind of failure. `false`: never retry it. `true` or settings: retry it, also when it ' +
      'is none of those that are retried by themselves.',
  },
);
