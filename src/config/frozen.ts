/** Frozen through and through: those who read settings must not change them for all. What is frozen is so in all its parts. */
export function frozen<P extends object>(whole: P): P {
  if (Object.isFrozen(whole)) return whole;
  for (const part of Object.values(whole)) if (typeof part === 'object' && part !== null) frozen(part);
  return Object.freeze(whole);
}
