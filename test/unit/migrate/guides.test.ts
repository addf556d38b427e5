import { readFileSync } from 'node:fs';
import * as cockatiel from 'cockatiel';
import CircuitBreaker from 'opossum';
import { describe, expect, it } from 'vitest';

/** What is named in code in the first column of the tables of a guide. */
function namedIn(guide: string): readonly string[] {
  const text = readFileSync(new URL(`../../../docs/guides/${guide}.md`, import.meta.url), 'utf8');
  const cells = text.split('\n').flatMap((line) => (line.startsWith('| ') ? (line.split('|')[1] ?? '') : []));
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].flatMap(([, code = '']) => code.match(/\w+/g) ?? []));
}

describe('docs/guides/migrate-from-opossum.md', () => {
  const named = namedIn('migrate-from-opossum');
  const source = readFileSync(new URL('../../../node_modules/opossum/lib/circuit.js', import.meta.url), 'utf8');
  const events = [...source.matchAll(/\.emit\('(\w+)'/g)].map(([, event = '']) => event);
  /** What a user of a breaker calls or reads; the others are options, or the internals of the rolling window. */
  const internal = ['constructor', 'name', 'group', 'enabled', 'pendingClose', 'clearCache', 'getAbortController'];
  const members = Object.getOwnPropertyNames(CircuitBreaker.prototype).filter(
    (member) => !member.startsWith('_') && !internal.includes(member),
  );

  it.each([...new Set(events)])('says what the event %s is called', (event) => {
    // Those of the cache to be merged are the same as those of the cache.
    expect(named).toContain(event.replace('coalesceCache', 'cache'));
  });

  it.each(members)('says what replaces %s', (member) => {
    expect(named).toContain(member);
  });
});

describe('docs/guides/migrate-from-cockatiel.md', () => {
  const named = namedIn('migrate-from-cockatiel');
  const policies = [
    cockatiel.retry(cockatiel.handleAll, {}),
    cockatiel.circuitBreaker(cockatiel.handleAll, { halfOpenAfter: 1, breaker: new cockatiel.ConsecutiveBreaker(1) }),
    cockatiel.timeout(1, cockatiel.TimeoutStrategy.Aggressive),
    cockatiel.bulkhead(1),
  ];
  const events = policies
    .flatMap((policy) => Object.keys(policy))
    .filter((member) => /^on[A-Z]\w+(?<!Emitter)$/.test(member));

  it.each([...new Set(events)])('says what the event %s is called', (event) => {
    expect(named).toContain(event);
  });

  it.each(Object.keys(cockatiel).filter((name) => name.endsWith('Error') && !name.startsWith('is')))(
    'says what replaces %s',
    (name) => {
      expect(named).toContain(name);
    },
  );
});
