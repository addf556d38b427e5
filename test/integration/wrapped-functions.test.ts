import { createResilience, type Resilience, resilient } from 'holdfast';
import { describe, expect, it, vi } from 'vitest';
import { errorOf, fail, issuesIn, never, thrownBy, untyped } from '../support/calls.js';
import { pass, useFakeTime } from '../support/time.js';

useFakeTime();

describe('wrap()', () => {
  it('passes the arguments on and gives the result as a promise', async () => {
    const resilience = createResilience();
    const add = resilience.wrap('sum', (one: number, other: number) => one + other);
    const promise = add(1, 2);
    expect(promise).toBeInstanceOf(Promise);
    expect(await promise).toBe(3);
    expect(resilience.stats('sum')).toMatchObject({ calls: 1, successes: 1 });
  });

  it('keeps `this`', async () => {
    const resilience = createResilience();
    const client = {
      model: 'small',
      ask: resilience.wrap('chat', function (this: { model: string }, question: string) {
        return `${this.model}: ${question}`;
      }),
    };
    expect(await client.ask('why?')).toBe('small: why?');
    expect(await client.ask.call({ model: 'large' }, 'why?')).toBe('large: why?');
  });

  it('keeps name and length, and leaves both as functions have them', () => {
    function ask(question: string, model: string) {
      return question + model;
    }
    const wrapped = createResilience().wrap('chat', ask);
    expect(wrapped.name).toBe('ask');
    expect(wrapped.length).toBe(2);
    for (const property of ['name', 'length']) {
      expect(Object.getOwnPropertyDescriptor(wrapped, property)).toEqual(
        Object.getOwnPropertyDescriptor(ask, property),
      );
    }
  });

  it('turns a throw into a rejection with the very error', async () => {
    const error = new Error('at once');
    const wrapped = createResilience().wrap('chat', () => {
      throw error;
    });
    expect(await errorOf(wrapped())).toBe(error);
  });

  it('passes its options to every call, each of which is a call of its own', async () => {
    const resilience = createResilience();
    const wrapped = resilience.wrap('chat', never, { deadlineMs: 20, key: 'eu' });
    const ended = [errorOf(wrapped()), errorOf(wrapped())];
    await pass(20);
    expect(await Promise.all(ended)).toMatchObject([
      { name: 'DeadlineExceededError' },
      { name: 'DeadlineExceededError' },
    ]);
    expect(resilience.operation('chat').stats('eu').calls).toBe(2);
  });

  it('shares the breaker of its operation', async () => {
    const resilience = createResilience();
    const work = vi.fn();
    const wrapped = resilience.operation('chat').wrap(work);
    await fail(resilience, 5);
    expect(await errorOf(wrapped())).toMatchObject({ name: 'BreakerOpenError' });
    expect(work).not.toHaveBeenCalled();
  });

  it('makes its operation known at once', () => {
    const resilience = createResilience();
    resilience.wrap('chat', () => 1);
    expect(resilience.stats('chat').calls).toBe(0);
    expect(resilience.health().operations).toBe(1);
  });

  it('takes any number of arguments', async () => {
    const wrapped = createResilience().wrap('chat', (...all: number[]) => all.length);
    expect(await wrapped(...Array.from({ length: 40 }, (_, index) => index))).toBe(40);
  });
});

describe('@resilient', () => {
  const resilience = createResilience();

  class Chat {
    static readonly release = 'release';
    readonly #model: string;
    asked = 0;

    constructor(model: string) {
      this.#model = model;
    }

    @resilient(resilience, 'chat')
    async ask(question: string): Promise<string> {
      this.asked += 1;
      return `${this.#model}: ${question}`;
    }

    @resilient(resilience, 'slow', { deadlineMs: 20 })
    async hang(): Promise<string> {
      return never();
    }

    @resilient(resilience, 'static')
    static async version(): Promise<string> {
      // biome-ignore lint/complexity/noThisInStatic: what `this` is there is what is tested
      return `${this.release} 1`;
    }
  }

  it('protects a method of a class with private state', async () => {
    const chat = new Chat('small');
    expect(await chat.ask('why?')).toBe('small: why?');
    expect(chat.asked).toBe(1);
    expect(resilience.stats('chat').successes).toBe(1);
  });

  it('shares the operation between instances, and nothing else', async () => {
    const before = resilience.stats('chat').calls;
    expect(await Promise.all([new Chat('one').ask('a'), new Chat('other').ask('b')])).toEqual(['one: a', 'other: b']);
    expect(resilience.stats('chat').calls).toBe(before + 2);
  });

  it('takes options', async () => {
    const ended = errorOf(new Chat('small').hang());
    await pass(20);
    expect(await ended).toMatchObject({ name: 'DeadlineExceededError', operation: 'slow' });
  });

  it('protects static methods', async () => {
    expect(await Chat.version()).toBe('release 1');
    expect(resilience.stats('static').successes).toBe(1);
  });

  it('leaves the method its name and its place on the prototype', () => {
    expect(Chat.prototype.ask.name).toBe('ask');
    expect(Chat.prototype.ask.length).toBe(1);
    expect(Object.hasOwn(new Chat('small'), 'ask')).toBe(false);
  });

  it('keeps super working in a method that overrides another one', async () => {
    class Polite extends Chat {
      override async ask(question: string): Promise<string> {
        return `${await super.ask(question)}, please`;
      }
    }
    expect(await new Polite('small').ask('why?')).toBe('small: why?, please');
  });

  it('refuses bad input when the class is defined', () => {
    const define = () => {
      class Bad {
        @resilient(resilience, '')
        async ask(): Promise<void> {}
      }
      return Bad;
    };
    expect(issuesIn(thrownBy(define))).toMatchObject([{ path: 'operation' }]);
  });
});

describe('operation()', () => {
  it('has the same methods as the Resilience, without the name', async () => {
    const resilience: Resilience = createResilience();
    const chat = resilience.operation('chat');
    expect(chat.name).toBe('chat');
    expect(await chat.execute(() => 'fine')).toBe('fine');
    expect(await chat.inspect(() => 'fine')).toMatchObject({ ok: true, value: 'fine', operation: 'chat' });
    expect(await chat.wrap((value: string) => value)('fine')).toBe('fine');
    expect(chat.stats()).toEqual(resilience.stats('chat'));
    expect(chat.stats().calls).toBe(3);
    expect(chat.breaker().state).toBe('closed');
    expect(resilience.operation('chat')).toBe(chat);
  });

  it('refuses bad input like the methods of the Resilience', async () => {
    const resilience = createResilience();
    const chat = resilience.operation('chat');
    expect(issuesIn(await errorOf(chat.execute(never, { deadlineMs: 0 })))).toMatchObject([
      { path: 'options.deadlineMs' },
    ]);
    const work: unknown = Reflect.apply(chat.execute, chat, ['no function']);
    expect(issuesIn(await errorOf(Promise.resolve(work)))).toMatchObject([{ path: 'fn' }]);
    expect(issuesIn(thrownBy(() => untyped(resilience).wrap('chat', null)))).toMatchObject([{ path: 'fn' }]);
  });
});
