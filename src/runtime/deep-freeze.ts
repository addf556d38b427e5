/** Frozen through and through: those who read settings must not change them for all. What is frozen is so in all its parts. */
export function deepFreeze<P>(whole: P): P {
  if (typeof whole !== 'object' || whole === null || Object.isFrozen(whole)) return whole;
  for (const part of Object.values(whole)) deepFreeze(part);
  return Object.freeze(whole);
}
