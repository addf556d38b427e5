import { type Answer, type AnswerHeaders, html, json } from '../answers.js';
import { type AwsMessage, awsEventStream } from '../aws-event-stream.js';
import type { Provider } from './provider.js';

/** Errors that only Bedrock has. */
export type BedrockSpecial =
  /** 400: refused by a content policy, with the message of the model's own provider. */
  | 'content_policy'
  /** 424: the model failed. */
  | 'model_error'
  /** 429: the model is being loaded. */
  | 'model_not_ready'
  /** 429 with a retry hint in a header of AWS. */
  | 'rate_limited_by_header'
  /** An exception within a stream. */
  | 'stream_throttled'
  /** The same, for a failure of the model. */
  | 'stream_model_error'
  /** The same, for a model that is down. */
  | 'stream_unavailable';

const ID: AnswerHeaders = { 'x-amzn-requestid': 'req-bedrock' };

const USAGE = { inputTokens: 2, outputTokens: 1, totalTokens: 3 };
const event = (type: string, payload: object): AwsMessage => ({
  headers: { ':message-type': 'event', ':event-type': type, ':content-type': 'application/json' },
  payload,
});
const text = (words: string): AwsMessage =>
  event('contentBlockDelta', { contentBlockIndex: 0, delta: { text: words } });
const BEGINNING: readonly AwsMessage[] = [event('messageStart', { role: 'assistant' }), text('Hel')];

/** Amazon Bedrock's Converse API. */
export const bedrock: Provider<BedrockSpecial> = {
  answer: json(
    200,
    {
      output: { message: { role: 'assistant', content: [{ text: 'Hello' }] } },
      stopReason: 'end_turn',
      usage: USAGE,
      metrics: { latencyMs: 12 },
    },
    ID,
  ),
  stream: awsEventStream(
    [
      ...BEGINNING,
      text('lo'),
      event('contentBlockStop', { contentBlockIndex: 0 }),
      event('messageStop', { stopReason: 'end_turn' }),
      event('metadata', { usage: USAGE, metrics: { latencyMs: 12 } }),
    ],
    ID,
  ),
  errors: {
    context_length: failure(400, 'ValidationException', 'Input is too long for requested model.'),
    content_policy: failure(
      400,
      'ValidationException',
      'The model returned the following errors: Output blocked by content filtering policy',
    ),
    invalid_request: failure(400, 'ValidationException', 'The provided model identifier is invalid.'),
    auth: failure(401, 'UnrecognizedClientException', 'The security token included in the request is invalid.'),
    forbidden: failure(403, 'AccessDeniedException', 'You do not have access to the model.'),
    not_found: failure(404, 'ResourceNotFoundException', 'Could not resolve the foundation model.'),
    request_timeout: failure(408, 'ModelTimeoutException', 'Model has timed out in processing the request.'),
    conflict: failure(409, 'ConflictException', 'The resource is being changed.'),
    too_large: failure(413, 'RequestEntityTooLargeException', 'Request is too large.'),
    unprocessable: failure(422, 'ValidationException', 'Unprocessable entity.'),
    rate_limited: failure(429, 'ThrottlingException', 'Too many tokens, please wait before trying again.', {
      'retry-after': '4',
    }),
    quota_exhausted: failure(400, 'ServiceQuotaExceededException', 'Your quota of this service is used up.'),
    server_error: failure(500, 'InternalServerException', 'The system encountered an unexpected error.'),
    bad_gateway: html(502, '502 Bad Gateway', ID),
    unavailable: failure(503, 'ServiceUnavailableException', 'The service is temporarily unable to answer.'),
    gateway_timeout: html(504, '504 Gateway Time-out', ID),
    overloaded: html(529, '529 Overloaded', ID),
    model_error: failure(424, 'ModelErrorException', 'The model failed.'),
    model_not_ready: failure(429, 'ModelNotReadyException', 'The model is not ready for inference.'),
    rate_limited_by_header: failure(429, 'ThrottlingException', 'Too many requests.', { 'x-amz-retry-after': '1500' }),
    stream_throttled: inStream('throttlingException', { message: 'Too many tokens, please wait.' }),
    stream_model_error: inStream('modelStreamErrorException', {
      message: 'The model failed while it was streaming.',
      originalStatusCode: 500,
      originalMessage: 'out of memory',
    }),
    stream_unavailable: inStream('serviceUnavailableException', { message: 'The service is unable to answer.' }),
  },
};

function failure(status: number, exception: string, message: string, headers: AnswerHeaders = {}): Answer {
  return json(status, { message }, { ...ID, 'x-amzn-errortype': exception, ...headers });
}

function inStream(exception: string, payload: object): Answer {
  const headers = {
    ':message-type': 'exception',
    ':exception-type': exception,
    ':content-type': 'application/json',
  };
  return awsEventStream([...BEGINNING, { headers, payload }], ID);
}
