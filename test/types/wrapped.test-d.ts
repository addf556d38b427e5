import { createResilience, resilient } from 'holdfast';
import { describe, expectTypeOf, it } from 'vitest';

const resilience = createResilience();

interface Client {
  readonly model: string;
}

describe('wrap(), by its types,', () => {
  it('keeps the arguments, and always returns a promise', () => {
    const wrapped = resilience.wrap('chat', (question: string, tokens?: number) => question.length + (tokens ?? 0));
    expectTypeOf(wrapped).parameters.toEqualTypeOf<[question: string, tokens?: number]>();
    expectTypeOf(wrapped).returns.toEqualTypeOf<Promise<number>>();
  });

  it('does not wrap a promise in a promise', () => {
    expectTypeOf(resilience.wrap('chat', async () => 1)).returns.toEqualTypeOf<Promise<number>>();
  });

  it('keeps rest arguments', () => {
    const wrapped = resilience.wrap('chat', (...parts: readonly string[]) => parts.join(''));
    expectTypeOf(wrapped('a', 'b', 'c')).toEqualTypeOf<Promise<string>>();
  });

  it('keeps `this`', () => {
    const ask = resilience.wrap('chat', function (this: Client, question: string) {
      return this.model + question;
    });
    expectTypeOf(ask.call({ model: 'small' }, 'why?')).toEqualTypeOf<Promise<string>>();
    const client = { model: 'small', ask };
    expectTypeOf(client.ask('why?')).toEqualTypeOf<Promise<string>>();
    // @ts-expect-error it needs a client for its `this`
    void ask('why?');
    // @ts-expect-error which has a model
    void ask.call({}, 'why?');
  });

  it('refuses arguments that do not fit', () => {
    const wrapped = resilience.wrap('chat', (question: string) => question);
    // @ts-expect-error a question is missing
    void wrapped();
    // @ts-expect-error a question is text
    void wrapped(7);
    // @ts-expect-error there is one question
    void wrapped('why?', 'how?');
    // @ts-expect-error only functions can be wrapped
    resilience.wrap('chat', 'ask');
    // @ts-expect-error options are known here as well
    resilience.wrap('chat', () => 1, { deadline: 5 });
  });
});

describe('@resilient, by its types,', () => {
  it('decorates methods that return promises, and leaves their types unchanged', () => {
    class Chat {
      readonly #model = 'small';

      @resilient(resilience, 'chat', { deadlineMs: 1_000 })
      async ask(question: string): Promise<string> {
        return this.#model + question;
      }

      @resilient(resilience, 'chat')
      static async version(): Promise<number> {
        return 1;
      }
    }
    expectTypeOf<Chat['ask']>().toEqualTypeOf<(question: string) => Promise<string>>();
    expectTypeOf(Chat.version).returns.toEqualTypeOf<Promise<number>>();
  });

  it('decorates nothing but methods that return promises', () => {
    class Wrong {
      // @ts-expect-error a method that gives no promise would change its type
      @resilient(resilience, 'chat')
      length(): number {
        return 1;
      }

      // @ts-expect-error a field is no method
      @resilient(resilience, 'chat')
      readonly model = 'small';

      // @ts-expect-error neither is a getter
      @resilient(resilience, 'chat')
      get name(): string {
        return 'name';
      }

      // @ts-expect-error options are known here as well
      @resilient(resilience, 'chat', { deadline: 5 })
      async ask(): Promise<void> {}
    }
    expectTypeOf<Wrong>().toHaveProperty('model');
  });
});

describe('a function that returns a value or a promise, by its types,', () => {
  it('has a value of either type', () => {
    const either = () => (Math.random() < 0.5 ? Number('5') : Promise.resolve('text'));
    expectTypeOf(resilience.execute('chat', either)).resolves.toEqualTypeOf<string | number>();
    expectTypeOf(resilience.operation('chat').execute(either)).resolves.toEqualTypeOf<string | number>();
  });

  it('keeps its type parameters when it is a decorated generic method', () => {
    class Echo {
      @resilient(resilience, 'chat')
      async say<T>(word: T): Promise<T> {
        return word;
      }
    }
    expectTypeOf(new Echo().say(5)).resolves.toEqualTypeOf<number>();
  });
});
