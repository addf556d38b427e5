import type { Call } from 'holdfast';
import type { Dice } from './dice.js';

/** What a function may throw: an error of each kind, and what is no error at all. */
const ERRORS: readonly (() => unknown)[] = [
  ...[400, 401, 404, 408, 413, 422, 429, 500, 503, 529].map(
    (status) => () => Object.assign(new Error(`${status}`), { status }),
  ),
  () => Object.assign(new Error('slow down'), { status: 429, headers: { 'retry-after-ms': '40' } }),
  () => Object.assign(new Error('empty'), { status: 429, code: 'insufficient_quota' }),
  () => Object.assign(new Error('too long'), { status: 400, code: 'context_length_exceeded' }),
  () => Object.assign(new Error('reset'), { code: 'ECONNRESET' }),
  () => Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }),
  () => Object.assign(new Error('cut'), { name: 'AbortError' }),
  () => 'a text',
  () => undefined,
];

/** What a function does. Those that settle late do so when they are released. */
const DEEDS = [
  'gives',
  'gives',
  'gives',
  'gives',
  'throws',
  'throws',
  'throws',
  'rejects',
  'rejects',
  'resolves later',
  'resolves later',
  'resolves later',
  'rejects later',
  'rejects later',
  'settles a thenable later',
  'never settles',
  /** As SDKs do. */
  'rejects on abort',
  /** As a function does that returns what it has so far. */
  'resolves on abort',
  'aborts its caller, then resolves later',
  'gives a stream',
] as const;

/** One time that a function was called. */
export interface Invocation {
  /** The number of the call, as its context has it. */
  readonly of: unknown;
  readonly operation: string;
  readonly key: string | undefined;
  readonly target: string | undefined;
  readonly attempt: number;
  /** What it gives, if it gives a value. */
  readonly value: object;
  /** What it throws, if it throws. */
  readonly error: unknown;
  gave: 'nothing' | 'value' | 'error';
}

/** Functions of random behaviour, which remember how they were called and what they gave. */
export class RandomFunctions {
  readonly invocations: Invocation[] = [];
  readonly #dice: Dice;
  #waiting: (() => void)[] = [];
  /** Of those that settle for no reason but the end of all things. */
  #stuck: (() => void)[] = [];
  #isHasty = false;

  constructor(dice: Dice) {
    this.#dice = dice;
  }

  /** The protected function of a call. */
  run(call: Call, abortCaller: () => void): unknown {
    const dice = this.#dice;
    const deed = this.#isHasty ? dice.pick(['gives', 'throws'] as const) : dice.pick(DEEDS);
    const invocation: Invocation = {
      of: call.context['number'],
      operation: call.operation,
      key: call.key,
      target: call.target?.name,
      attempt: call.attempt,
      value: deed === 'gives a stream' ? emptyStream() : { by: call.attempt },
      error: dice.pick(ERRORS)(),
      gave: 'nothing',
    };
    this.invocations.push(invocation);
    if (dice.chance(0.05)) call.noRetry();
    if (dice.chance(0.2)) call.settleUsage({ inputTokens: dice.below(2_000), outputTokens: dice.below(500) });
    if (deed === 'aborts its caller, then resolves later') abortCaller();
    return this.#do(deed, invocation, call);
  }

  /** Lets every function settle that was waiting. */
  release(): void {
    for (const settle of this.#waiting.splice(0)) settle();
  }

  /** Lets every function settle, and those that are called from now on at once. */
  releaseAll(): void {
    this.#isHasty = true;
    this.release();
    for (const settle of this.#stuck.splice(0)) settle();
  }

  /** How many functions of a key are running. */
  running(operation: string, key: string | null): number {
    return this.invocations.filter((each) => {
      return each.gave === 'nothing' && each.operation === operation && (each.key ?? null) === key;
    }).length;
  }

  #do(deed: (typeof DEEDS)[number], invocation: Invocation, call: Call): unknown {
    const give = () => {
      if (invocation.gave === 'nothing') invocation.gave = 'value';
      return invocation.value;
    };
    const fail = () => {
      if (invocation.gave === 'nothing') invocation.gave = 'error';
      return invocation.error;
    };
    switch (deed) {
      case 'gives':
      case 'gives a stream':
        return give();
      case 'throws':
        throw fail();
      case 'rejects':
        return Promise.reject(fail());
      case 'resolves later':
      case 'aborts its caller, then resolves later':
        return new Promise((resolve) => this.#waiting.push(() => resolve(give())));
      case 'rejects later':
        return new Promise((_, reject) => this.#waiting.push(() => reject(fail())));
      case 'settles a thenable later':
        return {
          // biome-ignore lint/suspicious/noThenProperty: thenables are what it is about
          then: (resolve: (value: unknown) => void) => this.#waiting.push(() => resolve(give())),
        };
      case 'never settles':
        return new Promise((resolve) => this.#stuck.push(() => resolve(give())));
      case 'rejects on abort':
        return new Promise((_, reject) => this.#onAbort(call, () => reject(fail())));
      case 'resolves on abort':
        return new Promise((resolve) => this.#onAbort(call, () => resolve(give())));
    }
  }

  #onAbort(call: Call, settle: () => void): void {
    this.#stuck.push(settle);
    call.signal.addEventListener('abort', settle, { once: true });
  }
}

function emptyStream(): object {
  return {
    async *[Symbol.asyncIterator]() {
      // Nothing comes: only that it is a stream counts.
    },
  };
}
