import { describe, expect, it, onTestFinished } from 'vitest';
import { type FailOn, findUnwanted, UNWANTED_REASONS } from '../../../../src/ai/ai-sdk/unwanted-results.js';
import { classify } from '../../../../src/classify/index.js';
import { UnwantedResultError } from '../../../../src/errors/index.js';

const TEXT = [{ type: 'text', text: 'Hello' }];

function result(unified: string, raw?: string, content: readonly unknown[] = TEXT): object {
  return { finishReason: { unified, raw }, content, usage: {} };
}

describe('findUnwanted()', () => {
  it.each<readonly [reason: string, answer: unknown]>([
    ['content_filter', result('content-filter', 'content_filter')],
    ['refusal', result('content-filter', 'refusal')],
    ['length', result('length', 'max_tokens')],
    ['interrupted', result('interrupted')],
    ['interrupted', result('other')],
    ['other', result('other', 'pause_turn')],
    ['error', result('error', 'failed')],
    ['empty', result('stop', 'stop', [])],
    ['empty', result('stop', 'stop', [{ type: 'text', text: '' }])],
    // As models of version 2 of the interface have it.
    ['length', { finishReason: 'length', content: TEXT }],
  ])('finds %s', (reason, answer) => {
    expect(findUnwanted(UNWANTED_REASONS, answer)).toBe(reason);
  });

  it.each<readonly [what: string, failOn: FailOn | undefined, answer: unknown]>([
    ['without any reasons', undefined, result('error')],
    ['with no reasons', [], result('error')],
    ['for another reason', ['length'], result('content-filter')],
    ['that is complete', UNWANTED_REASONS, result('stop', 'stop')],
    ['that calls a tool', UNWANTED_REASONS, result('tool-calls', 'tool_calls', [{ type: 'tool-call' }])],
    ['of an image model', UNWANTED_REASONS, { images: [] }],
    ['that is no object', UNWANTED_REASONS, 'Hello'],
  ])('accepts an answer %s', (_, failOn, answer) => {
    expect(findUnwanted(failOn, answer)).toBeUndefined();
  });

  it('takes the reason that a function returns', () => {
    const failOn: FailOn = ({ content }) => (content.length === 1 ? 'too short' : undefined);
    expect(findUnwanted(failOn, result('stop'))).toBe('too short');
    expect(findUnwanted(failOn, result('stop', 'stop', []))).toBeUndefined();
  });

  it('accepts the answer if the function answers later', async () => {
    const warnings: string[] = [];
    const onWarning = ({ message }: Error) => void warnings.push(message);
    process.on('warning', onWarning);
    onTestFinished(() => void process.off('warning', onWarning));
    // @ts-expect-error it must answer at once
    expect(findUnwanted(async () => 'late', result('stop'))).toBeUndefined();
    await new Promise(setImmediate);
    expect(warnings).toEqual([expect.stringContaining('must answer synchronously')]);
  });
});

describe('an UnwantedResultError', () => {
  it.each([
    ['content_filter', { kind: 'content_policy', retry: 'never', breaker: 'ignored', failover: true }],
    ['refusal', { kind: 'content_policy', retry: 'never', breaker: 'ignored', failover: true }],
    ['length', { kind: 'context_length', retry: 'never', breaker: 'ignored', failover: true }],
    ['interrupted', { kind: 'network', retry: 'backoff', breaker: 'failure', failover: true }],
    ['empty', { kind: 'server_error', retry: 'backoff', breaker: 'failure', failover: true }],
    ['error', { kind: 'server_error', retry: 'backoff', breaker: 'failure', failover: true }],
    ['other', { kind: 'unknown', retry: 'never', breaker: 'ignored', failover: true }],
    ['too short', { kind: 'unknown', retry: 'never', breaker: 'ignored', failover: true }],
  ])('for %s says what that means', (reason, failure) => {
    expect(classify(new UnwantedResultError('chat', reason))).toMatchObject(failure);
  });

  it('is recognised by its code', () => {
    const error = new UnwantedResultError('chat', 'empty');
    expect(UnwantedResultError.is(error)).toBe(true);
    expect(UnwantedResultError.is(new Error('empty'))).toBe(false);
    expect(error).toMatchObject({ operation: 'chat', reason: 'empty', code: 'HOLDFAST_UNWANTED_RESULT' });
  });
});
