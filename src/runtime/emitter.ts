import { followAnswer } from './hook.js';

/** An event: a literal type, and data that depends on it. */
export interface TypedEvent {
  readonly type: string;
}

/** The events of a union whose `type` is `T`; all of them for `'*'`. */
export type OfType<E extends TypedEvent, T extends E['type'] | '*'> = T extends '*' ? E : Extract<E, { type: T }>;

/** A destination of events. */
export interface EventSink<E extends TypedEvent> {
  /** True if events of this type are wanted. Check before building one. */
  wants(type: E['type']): boolean;
  /** Emits an event. Never throws. */
  emit(event: E): void;
}

interface Subscription<E extends TypedEvent> {
  readonly type: E['type'] | '*';
  readonly deliver: (event: E) => unknown;
}

/**
 * Freezes events and emits them to listeners. A listener that throws or rejects is reported to `onListenerError`, and
 * affects neither the other listeners nor the code that emits.
 *
 * Without listeners, costs one empty array. Check {@link wants} before building an event.
 */
export class Emitter<E extends TypedEvent> implements EventSink<E> {
  #subscriptions: readonly Subscription<E>[] = [];
  /** The event being delivered, and those emitted meanwhile. */
  readonly #queue: E[] = [];
  readonly #onListenerError: (error: unknown, event: E) => void;

  constructor(onListenerError: (error: unknown, event: E) => void) {
    this.#onListenerError = onListenerError;
  }

  /** Subscribes to one type, or to all with `'*'`. A listener may subscribe twice. Returns a function that unsubscribes. */
  on<T extends E['type'] | '*'>(type: T, listener: (event: OfType<E, T>) => void): () => void {
    const subscription: Subscription<E> = {
      type,
      deliver: (event) => (matches(event, type) ? listener(event) : undefined),
    };
    // Copied on each change, so listeners may subscribe and unsubscribe during delivery.
    this.#subscriptions = [...this.#subscriptions, subscription];
    return () => {
      this.#subscriptions = this.#subscriptions.filter((other) => other !== subscription);
    };
  }

  /** True if this type has a listener. */
  wants(type: E['type']): boolean {
    const all = this.#subscriptions;
    if (all.length === 0) return false;
    for (const one of all) if (one.type === type || one.type === '*') return true;
    return false;
  }

  /**
   * Delivers the event to every listener of its type, in the order of their subscription. Never throws. Events emitted inside
   * a listener are queued until the current event has been delivered, so all listeners observe the same order.
   */
  emit(event: E): void {
    this.#queue.push(Object.freeze(event));
    if (this.#queue.length > 1) return;
    for (let next = this.#queue[0]; next !== undefined; next = this.#queue[0]) {
      for (const subscription of this.#subscriptions) this.#deliver(subscription, next);
      this.#queue.shift();
    }
  }

  /** Removes every listener. */
  clear(): void {
    this.#subscriptions = [];
  }

  #deliver(subscription: Subscription<E>, event: E): void {
    // It may have unsubscribed during delivery.
    if (!this.#subscriptions.includes(subscription)) return;
    try {
      followAnswer(subscription.deliver(event), (error) => this.#onListenerError(error, event));
    } catch (error) {
      this.#onListenerError(error, event);
    }
  }
}

function matches<E extends TypedEvent, T extends E['type'] | '*'>(event: E, type: T): event is OfType<E, T> & E {
  return type === '*' || event.type === type;
}
