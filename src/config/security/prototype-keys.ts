/** Fields by which copying an object carelessly reaches the prototype of all objects. */
const PROTOTYPE_KEYS: readonly string[] = ['__proto__', 'constructor', 'prototype'];

/** True for the name of a field that no config may have at any depth. */
export function isPrototypeKey(key: string): boolean {
  return PROTOTYPE_KEYS.includes(key);
}
