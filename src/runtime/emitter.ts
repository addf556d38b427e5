/** Anything that is told: a literal type and what belongs to it. */
export interface TypedEvent {
  readonly type: string;
}

/** The members of a union whose `type` is `T`; all of them for `'*'`. */
export type OfType<E extends TypedEvent, T extends E['type'] | '*'> = T extends '*' ? E : Extract<E, { type: T }>;

/** Somebody to tell events to. */
export interface EventSink<E extends TypedEvent> {
  /** Whether it cares for this type; ask before building an event. */
  wants(type: E['type']): boolean;
  /** Tells it. Never throws. */
  emit(event: E): void;
}

interface Subscription<E extends TypedEvent> {
  readonly type: E['type'] | '*';
  readonly hear: (event: E) => unknown;
}

/**
 * Tells events to listeners, and keeps their troubles to themselves: a listener that throws or rejects is handed to
 * `onTrouble` and harms neither the other listeners nor the one who tells.
 *
 * Costs one empty array when nobody listens. Ask {@link wants} before building an event.
 */
export class Emitter<E extends TypedEvent> implements EventSink<E> {
  #subscriptions: readonly Subscription<E>[] = [];
  /** The event being told, and those that came up meanwhile. */
  readonly #queue: E[] = [];
  readonly #onListenerError: (error: unknown, event: E) => void;

  constructor(onTrouble: (error: unknown, event: E) => void) {
    this.#onListenerError = onTrouble;
  }

  /** Subscribes to one type, or to all by `'*'`. The same listener may subscribe twice. Gives back the way out. */
  on<T extends E['type'] | '*'>(type: T, listener: (event: OfType<E, T>) => void): () => void {
    const subscription: Subscription<E> = {
      type,
      hear: (event) => (matches(event, type) ? listener(event) : undefined),
    };
    // Copied at each change, so that a listener may subscribe and leave while an event is being told.
    this.#subscriptions = [...this.#subscriptions, subscription];
    return () => {
      this.#subscriptions = this.#subscriptions.filter((other) => other !== subscription);
    };
  }

  /** True when somebody listens to this type. */
  wants(type: E['type']): boolean {
    const all = this.#subscriptions;
    if (all.length === 0) return false;
    for (const one of all) if (one.type === type || one.type === '*') return true;
    return false;
  }

  /**
   * Tells every listener of the event's type, in the order in which they came. Never throws. What a listener gives rise
   * to is told when all have heard the event it listened to, so that everybody hears everything in the same order.
   */
  emit(event: E): void {
    this.#queue.push(event);
    if (this.#queue.length > 1) return;
    for (let next = this.#queue[0]; next !== undefined; next = this.#queue[0]) {
      for (const subscription of this.#subscriptions) this.#hear(subscription, next);
      this.#queue.shift();
    }
  }

  /** Forgets every listener. */
  clear(): void {
    this.#subscriptions = [];
  }

  #hear(subscription: Subscription<E>, event: E): void {
    // It may have left while the event was being told.
    if (!this.#subscriptions.includes(subscription)) return;
    try {
      const answer = subscription.hear(event);
      if (answer instanceof Promise) answer.catch((error: unknown) => this.#onListenerError(error, event));
    } catch (error) {
      this.#onListenerError(error, event);
    }
  }
}

function matches<E extends TypedEvent, T extends E['type'] | '*'>(event: E, type: T): event is OfType<E, T> & E {
  return type === '*' || event.type === type;
}
