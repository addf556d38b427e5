import { hasFields, type Sight, safely } from './sight.js';

const TEXT = /^[1-5]\d\d$/;

/** The HTTP status that an error carries, wherever its SDK leaves it. */
export function answerStatusOf(sight: Sight): number | undefined {
  return statusOf(sight.status) ?? statusOf(sight.statusCode) ?? statusWithin(sight);
}

/** The status of an error, 400 or above, where a value is one. */
export function errorStatusOf(value: unknown): number | undefined {
  const status = statusOf(value);
  return status !== undefined && status >= 400 ? status : undefined;
}

/** The status in what the AWS SDK, axios, got, Cohere and Mistral leave on their errors. */
function statusWithin({ $metadata, response, rawResponse }: Sight): number | undefined {
  if ($metadata === undefined && response === undefined && rawResponse === undefined) return undefined;
  return safely(() => {
    if (isMetadata($metadata)) return statusOf($metadata.httpStatusCode);
    if (hasFields(response)) return statusOf(response.status) ?? statusOf(response.statusCode);
    return hasFields(rawResponse) ? statusOf(rawResponse.status) : undefined;
  });
}

function isMetadata(value: unknown): value is { readonly httpStatusCode?: unknown } {
  return typeof value === 'object' && value !== null;
}

function statusOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isInteger(value) && value >= 100 && value < 600 ? value : undefined;
  return typeof value === 'string' && TEXT.test(value) ? Number(value) : undefined;
}
