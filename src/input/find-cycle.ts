/**
 * Finds a way from a name back to it, by what each one leads to: `[a, b, a]`; `undefined` if there is none.
 *
 * @param leadsTo the names that each name leads to.
 */
export function findCycle(leadsTo: ReadonlyMap<string, readonly string[]>): readonly string[] | undefined {
  const done = new Set<string>();
  for (const start of leadsTo.keys()) {
    // Without recursion: a chain may be longer than the stack.
    const path: { readonly name: string; readonly next: Iterator<string> }[] = [];
    const onPath = new Set<string>();
    const enter = (name: string) => {
      path.push({ name, next: (leadsTo.get(name) ?? []).values() });
      onPath.add(name);
    };
    if (!done.has(start)) enter(start);
    for (let last = path.at(-1); last !== undefined; last = path.at(-1)) {
      const { done: isOver, value } = last.next.next();
      if (isOver === true) {
        path.pop();
        onPath.delete(last.name);
        done.add(last.name);
      } else if (onPath.has(value)) {
        const names = path.map(({ name }) => name);
        return [...names.slice(names.indexOf(value)), value];
      } else if (!done.has(value)) enter(value);
    }
  }
  return undefined;
}
