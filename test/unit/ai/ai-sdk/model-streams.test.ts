import { createResilience, explain, type Resilience } from 'holdfast';
import { holdfastMiddleware, type ModelProtectionOptions } from 'holdfast/ai';
import { describe, expect, it } from 'vitest';
import { pass, useFakeTime } from '../../../support/time.js';

useFakeTime();

interface Part {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** A part, or the error that the stream breaks with, after a while. */
type Step = { readonly afterMs?: number } & (
  | { readonly part: Part }
  | { readonly error: unknown }
  | { readonly hang: true }
);

const START: Step = { part: { type: 'stream-start', warnings: [] } };
const TEXT: Step = { part: { type: 'text-delta', id: '1', delta: 'Hel' } };
const FINISH: Step = {
  part: { type: 'finish', finishReason: { unified: 'stop', raw: 'stop' }, usage: { inputTokens: { total: 1 } } },
};
const HANG: Step = { hang: true };

/** A model whose streams do what is scripted, one after another. */
class ScriptedModel {
  readonly provider = 'test';
  readonly modelId = 'scripted';
  readonly cancelled: unknown[] = [];
  readonly #scripts: (readonly Step[])[];
  #opened = 0;

  constructor(...scripts: (readonly Step[])[]) {
    this.#scripts = scripts;
  }

  async doStream() {
    const number = ++this.#opened;
    const steps = [...(this.#scripts[number - 1] ?? [])];
    const stream = new ReadableStream<Part>(
      {
        pull: async (controller) => {
          const step = steps.shift();
          if (step?.afterMs !== undefined) await new Promise((resolve) => setTimeout(resolve, step.afterMs));
          if (step === undefined) controller.close();
          else if ('error' in step) controller.error(step.error);
          else if ('part' in step) controller.enqueue(step.part);
          else await new Promise(() => undefined);
        },
        cancel: (reason) => void this.cancelled.push(reason),
      },
      { highWaterMark: 0 },
    );
    return { stream, response: { headers: { attempt: String(number) } } };
  }
}

type Options = Omit<ModelProtectionOptions, 'resilience' | 'operation'>;

function open(model: ScriptedModel, resilience: Resilience, options: Options = {}) {
  const { wrapStream } = holdfastMiddleware({ resilience, operation: 'chat', ...options });
  return wrapStream({ params: {}, model });
}

function createCalm(): Resilience {
  return createResilience({ config: { defaults: { retry: false } } });
}

async function readAll(stream: ReadableStream<Part>): Promise<{ readonly types: string[]; readonly thrown: unknown }> {
  const types: string[] = [];
  try {
    for await (const { type } of stream) types.push(type);
    return { types, thrown: undefined };
  } catch (thrown) {
    return { types, thrown };
  }
}

describe('a stream behind the middleware', () => {
  it('has the parts of the model', async () => {
    const { stream } = await open(new ScriptedModel([START, TEXT, FINISH]), createCalm());
    expect(await readAll(stream)).toEqual({ types: ['stream-start', 'text-delta', 'finish'], thrown: undefined });
  });

  it('closes its source when it is cancelled while a part is awaited, and no breaker counts that', async () => {
    const model = new ScriptedModel([START, TEXT, HANG]);
    const resilience = createCalm();
    const { stream } = await open(model, resilience);
    const reader = stream.getReader();
    await reader.read();
    await reader.read();
    const pending = reader.read();
    await reader.cancel();
    expect(await pending).toEqual({ done: true, value: undefined });
    await pass(1);
    expect(model.cancelled).toHaveLength(1);
    expect(resilience.breaker('chat', 'test/scripted').stats()).toMatchObject({ failures: 0, ignored: 1 });
    expect(resilience.snapshot().inFlight).toBe(0);
  });

  it('has the response of the attempt that won, not of the latest', async () => {
    const slow: Step = { ...TEXT, afterMs: 60 };
    const model = new ScriptedModel([START, slow, FINISH], [START, { ...TEXT, afterMs: 500 }, FINISH]);
    const resilience = createResilience({ config: { defaults: { retry: false, hedge: { delayMs: 20 } } } });
    const opening = open(model, resilience);
    await pass(100);
    const { response, stream } = await opening;
    expect(response).toEqual({ headers: { attempt: '1' } });
    expect(await readAll(stream)).toMatchObject({ types: ['stream-start', 'text-delta', 'finish'] });
    expect(model.cancelled).toHaveLength(1);
  });

  it('throws an error for what a provider reports as a plain object', async () => {
    const failure = { message: 'The server had an error.', code: 'server_error' };
    const model = new ScriptedModel([START, TEXT, { part: { type: 'error', error: failure } }]);
    const { stream } = await open(model, createCalm());
    const { types, thrown } = await readAll(stream);
    expect(types).toEqual(['stream-start', 'text-delta', 'error']);
    expect(thrown).toBeInstanceOf(Error);
    expect(thrown).toMatchObject({ code: 'HOLDFAST_STREAM_FAILED', error: failure });
    expect(explain(thrown)).toMatchObject({ partial: { text: 'Hel' }, failure: { kind: 'server_error' } });
  });

  it.each([
    ['throw', true],
    ['throw_if_begun', true],
    ['part', false],
  ] as const)('that breaks before its first content ends as %s says', async (streamErrors, throws) => {
    const broken = new Error('broken');
    const { stream } = await open(new ScriptedModel([START, { error: broken }]), createCalm(), { streamErrors });
    expect(await readAll(stream)).toEqual({ types: ['error'], thrown: throws ? broken : undefined });
  });

  it('is not judged once it has content', async () => {
    const model = new ScriptedModel([START, TEXT, FINISH]);
    const reasons: string[] = [];
    const { stream } = await open(model, createCalm(), {
      failOn: ({ finishReason: { unified } }) => {
        reasons.push(unified);
        return 'unwanted';
      },
    });
    expect(await readAll(stream)).toMatchObject({ thrown: undefined });
    expect(reasons).toEqual([]);
  });

  it('ends with the reason of its caller without an error part', async () => {
    const caller = new AbortController();
    const { wrapStream } = holdfastMiddleware({ resilience: createCalm(), operation: 'chat' });
    const model = new ScriptedModel([START, TEXT, HANG]);
    const { stream } = await wrapStream({ params: { abortSignal: caller.signal }, model });
    const reading = readAll(stream);
    await pass(1);
    const reason = new Error('the user left');
    caller.abort(reason);
    expect(await reading).toEqual({ types: ['stream-start', 'text-delta'], thrown: reason });
    await pass(1);
    expect(model.cancelled).toHaveLength(1);
  });
});
