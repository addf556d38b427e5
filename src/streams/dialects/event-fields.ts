/** Every field that is read from an event, or from a part of one, whatever the API. Each may hold anything. */
export interface EventFields {
  readonly type?: unknown;
  readonly id?: unknown;
  readonly index?: unknown;
  readonly name?: unknown;
  readonly code?: unknown;
  readonly status?: unknown;
  readonly message?: unknown;
  readonly error?: unknown;
  readonly data?: unknown;
  readonly object?: unknown;
  readonly role?: unknown;
  readonly delta?: unknown;
  readonly text?: unknown;
  readonly content?: unknown;
  readonly usage?: unknown;
  readonly input?: unknown;
  readonly arguments?: unknown;
  readonly reason?: unknown;

  /** Chat completions. */
  readonly choices?: unknown;
  readonly refusal?: unknown;
  readonly reasoning?: unknown;
  readonly reasoning_content?: unknown;
  readonly reasoning_details?: unknown;
  readonly audio?: unknown;
  readonly images?: unknown;
  readonly tool_calls?: unknown;
  readonly toolCalls?: unknown;
  readonly function_call?: unknown;
  readonly function?: unknown;
  readonly finish_reason?: unknown;
  readonly finishReason?: unknown;
  readonly prompt_tokens?: unknown;
  readonly completion_tokens?: unknown;
  readonly promptTokens?: unknown;
  readonly completionTokens?: unknown;
  readonly x_groq?: unknown;

  /** OpenAI responses. */
  readonly item?: unknown;
  readonly call_id?: unknown;
  readonly output_index?: unknown;
  readonly response?: unknown;
  readonly sequence_number?: unknown;
  readonly incomplete_details?: unknown;
  readonly input_tokens?: unknown;
  readonly output_tokens?: unknown;

  /** Anthropic. */
  readonly content_block?: unknown;
  readonly partial_json?: unknown;
  readonly stop_reason?: unknown;
  readonly cache_creation_input_tokens?: unknown;
  readonly cache_read_input_tokens?: unknown;

  /** Google. */
  readonly candidates?: unknown;
  readonly finishMessage?: unknown;
  readonly parts?: unknown;
  readonly thought?: unknown;
  readonly thoughtSignature?: unknown;
  readonly functionCall?: unknown;
  readonly args?: unknown;
  readonly partialArgs?: unknown;
  readonly willContinue?: unknown;
  readonly inlineData?: unknown;
  readonly fileData?: unknown;
  readonly executableCode?: unknown;
  readonly codeExecutionResult?: unknown;
  readonly toolCall?: unknown;
  readonly toolResponse?: unknown;
  readonly promptFeedback?: unknown;
  readonly blockReason?: unknown;
  readonly blockReasonMessage?: unknown;
  readonly usageMetadata?: unknown;
  readonly promptTokenCount?: unknown;
  readonly toolUsePromptTokenCount?: unknown;
  readonly candidatesTokenCount?: unknown;
  readonly thoughtsTokenCount?: unknown;

  /** Bedrock. */
  readonly messageStart?: unknown;
  readonly messageStop?: unknown;
  readonly metadata?: unknown;
  readonly contentBlockStart?: unknown;
  readonly contentBlockDelta?: unknown;
  readonly contentBlockStop?: unknown;
  readonly contentBlockIndex?: unknown;
  readonly start?: unknown;
  readonly toolUse?: unknown;
  readonly toolUseId?: unknown;
  readonly stopReason?: unknown;
  readonly inputTokens?: unknown;
  readonly outputTokens?: unknown;
  readonly cacheReadInputTokens?: unknown;
  readonly cacheWriteInputTokens?: unknown;
  readonly internalServerException?: unknown;
  readonly modelStreamErrorException?: unknown;
  readonly modelTimeoutException?: unknown;
  readonly serviceUnavailableException?: unknown;
  readonly throttlingException?: unknown;
  readonly validationException?: unknown;

  /** Cohere. */
  readonly thinking?: unknown;
  readonly tokens?: unknown;
  readonly billed_units?: unknown;
  readonly billedUnits?: unknown;

  /** The AI SDK. */
  readonly toolCallId?: unknown;
  readonly toolName?: unknown;
  readonly providerExecuted?: unknown;
  readonly inputEncoding?: unknown;
  readonly rawFinishReason?: unknown;
  readonly totalUsage?: unknown;
  readonly unified?: unknown;
  readonly raw?: unknown;
  readonly total?: unknown;
}

const NO_FIELDS: EventFields = Object.freeze({});
const NO_ITEMS: readonly unknown[] = Object.freeze([]);
/** Answers, parts and tool calls in one event. A hostile list may claim to be endless. */
const MAX_ITEMS = 1_000;

/** True for an object: a value whose fields can be read. */
export function hasFields(value: unknown): value is EventFields {
  return typeof value === 'object' && value !== null;
}

/** Returns a value if its fields can be read, and otherwise an object without any. */
export function toFields(value: unknown): EventFields {
  return hasFields(value) ? value : NO_FIELDS;
}

/** Returns the items of a list; none if it is no list. */
export function toItems(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) return NO_ITEMS;
  return value.length > MAX_ITEMS ? value.slice(0, MAX_ITEMS) : value;
}

/** Returns a value if it is a text that is not empty. */
export function toText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Returns a value if it is a number of tokens. */
export function toTokens(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}

/** Adds numbers of tokens up; `undefined` if none of them is given. */
export function sumTokens(...values: readonly unknown[]): number | undefined {
  let sum: number | undefined;
  for (const value of values) {
    const tokens = toTokens(value);
    if (tokens !== undefined) sum = (sum ?? 0) + tokens;
  }
  return sum;
}

/** True for a part of an answer that holds anything: a text or list that is not empty, or an object. */
export function isFilled(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : hasFields(value) || toText(value) !== undefined;
}
