import type { Usage } from '../../pipeline/index.js';
import { hasFields, isFilled, sumTokens, toFields } from '../../streams/index.js';

/**
 * The failure that a successful response reports in its body: gateways do so once they have sent the status, and OpenAI's
 * responses have a status of their own.
 *
 * @returns `undefined` if the body is an answer.
 */
export function findReportedFailure(json: unknown): unknown {
  if (!hasFields(json)) return undefined;
  const { error, status, choices, content, candidates, data } = json;
  if (status === 'failed') return isFilled(error) ? error : { code: 'server_error', message: 'the response failed' };
  const hasAnswer = [choices, content, candidates, data, 'output' in json && json.output].some(isFilled);
  return hasAnswer || !isFilled(error) ? undefined : error;
}

/** What an answer says that it consumed, whatever the API; `undefined` if it says nothing. */
export function findUsage(json: unknown): Usage | undefined {
  const { usage, usageMetadata } = toFields(json);
  const meta = hasFields(json) && 'meta' in json ? json.meta : undefined;
  const ofGoogle = toFields(usageMetadata);
  const ofCohere = toFields(toFields(usage).tokens ?? toFields(usage).billed_units ?? toFields(meta).billed_units);
  const own = toFields(usage);
  const input =
    sumTokens(own.prompt_tokens) ??
    sumTokens(own.promptTokens) ??
    sumTokens(own.input_tokens, own.cache_creation_input_tokens, own.cache_read_input_tokens) ??
    sumTokens(own.inputTokens, own.cacheReadInputTokens, own.cacheWriteInputTokens) ??
    sumTokens(ofGoogle.promptTokenCount, ofGoogle.toolUsePromptTokenCount) ??
    sumTokens(ofCohere.input_tokens);
  const output =
    sumTokens(own.completion_tokens) ??
    sumTokens(own.completionTokens) ??
    sumTokens(own.output_tokens) ??
    sumTokens(own.outputTokens) ??
    sumTokens(ofGoogle.candidatesTokenCount, ofGoogle.thoughtsTokenCount) ??
    sumTokens(ofCohere.output_tokens);
  if (input === undefined && output === undefined) return undefined;
  return {
    ...(input !== undefined && { inputTokens: input }),
    ...(output !== undefined && { outputTokens: output }),
  };
}
