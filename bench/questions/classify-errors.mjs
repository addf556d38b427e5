// @ts-check
import assert from 'node:assert/strict';
import Anthropic from '@anthropic-ai/sdk';
import { ThrottlingException } from '@aws-sdk/client-bedrock-runtime';
import { ApiError } from '@google/genai';
import { APICallError } from 'ai';
import { classify } from 'holdfast';
import OpenAI from 'openai';
import { race } from '../harness/race.mjs';

const ANSWERED = {
  'content-type': 'application/json',
  date: 'Sat, 21 Nov 2026 08:00:00 GMT',
  'x-request-id': 'req_1',
  'openai-version': '2020-10-01',
  'openai-processing-ms': '12',
  'x-ratelimit-limit-requests': '10',
  'x-ratelimit-remaining-requests': '0',
  'x-ratelimit-reset-requests': '6s',
};

/**
 * @param {number} status
 * @param {object} error
 * @param {Record<string, string>} [headers]
 */
const openai = (status, error, headers) =>
  OpenAI.APIError.generate(status, { error }, undefined, new Headers({ ...ANSWERED, ...headers }));

/**
 * @param {number} status
 * @param {string} type
 * @param {string} message
 */
const anthropic = (status, type, message) =>
  Anthropic.APIError.generate(
    status,
    { type: 'error', error: { type, message } },
    undefined,
    new Headers({ 'request-id': 'req_1', date: ANSWERED.date }),
  );

/** @param {string} code */
const refused = (code) => Object.assign(new Error(`connect ${code}`), { code, errno: -111, syscall: 'connect' });

const googleBody = {
  error: {
    code: 429,
    message: 'Resource has been exhausted (e.g. check quota).',
    status: 'RESOURCE_EXHAUSTED',
    details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34s' }],
  },
};

const COMMON = 'OpenAI: 429 with retry-after';
const UNKNOWN = 'an unknown error';

/** Twelve errors as services meet them, made by the SDKs that throw them. */
const TYPICAL = {
  [COMMON]: openai(
    429,
    { message: 'Rate limit reached. Please try again in 20s.', type: 'requests', code: 'rate_limit_exceeded' },
    { 'retry-after': '20' },
  ),
  'OpenAI: insufficient_quota': openai(429, {
    message: 'You exceeded your current quota.',
    code: 'insufficient_quota',
  }),
  'OpenAI: context_length_exceeded': openai(400, { message: 'Too long.', code: 'context_length_exceeded' }),
  'OpenAI: 500': openai(500, { message: 'The server had an error.', type: 'server_error', code: null }),
  'OpenAI: connection refused': new OpenAI.APIConnectionError({
    cause: new TypeError('fetch failed', { cause: refused('ECONNREFUSED') }),
  }),
  'Anthropic: 529': anthropic(529, 'overloaded_error', 'Overloaded'),
  'Anthropic: prompt is too long': anthropic(400, 'invalid_request_error', 'prompt is too long: 2 tokens > 1 maximum'),
  'Google: 429, JSON in the message': new ApiError({ status: 429, message: JSON.stringify(googleBody) }),
  'Bedrock: throttling': new ThrottlingException({
    message: 'Too many tokens, please wait before trying again.',
    $metadata: { httpStatusCode: 429, requestId: 'req_1' },
  }),
  'AI SDK: 503': new APICallError({
    message: 'Service Unavailable',
    url: 'https://api.openai.com/v1/responses',
    requestBodyValues: {},
    statusCode: 503,
    responseHeaders: { ...ANSWERED, 'retry-after': '5' },
    responseBody: '{"error":{"message":"x","type":"server_error"}}',
    data: { error: { message: 'x', type: 'server_error' } },
  }),
  'a timeout of fetch': new DOMException('The operation was aborted due to timeout', 'TimeoutError'),
  [UNKNOWN]: new Error('something odd has happened in the application'),
};

/** The slowest errors: many headers are looked up, and the most telling ones are absent. */
const SLOWEST = {
  'OpenAI: 429 that names no time': openai(
    429,
    { message: 'Rate limit reached.', type: 'requests', code: 'rate_limit_exceeded' },
    {
      'x-ratelimit-limit-tokens': '200000',
      'x-ratelimit-remaining-tokens': '199000',
      'x-ratelimit-reset-tokens': '15ms',
    },
  ),
  'a gateway: 429 that names no time': OpenAI.APIError.generate(
    429,
    { error: { message: 'Too many requests.', type: 'throttling_error', code: '429' } },
    undefined,
    new Headers({ 'content-type': 'application/json', date: ANSWERED.date, server: 'uvicorn', vary: 'Origin' }),
  ),
  'fetch: 500 of an unknown server': Object.assign(new Error('It answered 500.'), {
    status: 500,
    headers: new Headers({
      'content-type': 'application/json',
      'content-length': '2',
      date: ANSWERED.date,
      server: 'nginx',
    }),
  }),
};

/** @param {Record<string, unknown>} errors */
const contendersFor = (errors) =>
  Object.entries(errors).map(([name, error]) => ({
    name,
    sync: true,
    call: () => classify(error),
    check: () => assert.equal(classify(error).kind === 'unknown', name === UNKNOWN),
  }));

async function measure() {
  return [
    await race({
      name: 'to classify one error',
      reference: COMMON,
      guarded: ['(an error with a stack, made and dropped)'],
      contenders: [
        ...contendersFor(TYPICAL),
        {
          name: '(the JSON of Google, parsed)',
          sync: true,
          call: () => JSON.parse(TYPICAL['Google: 429, JSON in the message'].message),
          check: () => undefined,
        },
        {
          name: '(an error with a stack, made and dropped)',
          sync: true,
          call: () => new Error('It failed.'),
          check: () => undefined,
        },
      ],
    }),
    await race({
      name: 'to classify one of the slowest',
      reference: COMMON,
      contenders: contendersFor({ [COMMON]: TYPICAL[COMMON], ...SLOWEST }),
    }),
  ];
}

/** @type {import('../harness/results.mjs').Question} */
export const question = { title: 'what does it cost to find out what an error means?', measure };
