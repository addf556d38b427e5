import type { Resilience } from 'holdfast';
import type OpenAI from 'openai';

/** What snippets in documents and in JSDoc take for granted: code of their reader, and what other packages give. */

export { writeFile } from 'node:fs/promises';
export { default as OpenAI } from 'openai';
export { default as pRetry } from 'p-retry';
export { z } from 'zod';
export type { StageAttempt } from '../../src/pipeline/index.js';

export declare const resilience: Resilience;
export declare const openai: OpenAI;
export declare const logger: Record<'info' | 'warn' | 'error', (...details: readonly unknown[]) => void>;
export declare const pager: { send(...details: readonly unknown[]): void };
export declare const table: { insert(row: unknown): Promise<void> };
export declare const app: {
  use(
    handler: (
      error: unknown,
      request: Request,
      response: { status(code: number): { end(): void } },
      next: () => void,
    ) => void,
  ): void;
};

export declare const error: unknown;
export declare const id: string;
export declare const messages: OpenAI.ChatCompletionMessageParam[];
export declare const model: string;
export declare const question: string;
export declare const request: { model: string; input: string; signal: AbortSignal };
export declare const response: Response;
export declare const text: string;
export declare const timeLeftMs: number;
export declare const url: string;

export declare function ask(input?: unknown): Promise<string>;
export declare function fetchAnswer(question: string, options?: { signal: AbortSignal }): Promise<string>;
export declare function fetchInvoice(id: string): Promise<unknown>;
export declare function notifyBilling(): void;
