import { describe, expect, it } from 'vitest';
import { BUILT_IN } from '../../../src/config/presets/catalog.js';
import { Check } from '../../../src/input/index.js';

describe('hints', () => {
  it('for a hundred unknown names in every part are found in one look at each declaration', () => {
    let reads = 0;
    const { settings } = BUILT_IN.config;
    const counted = new Proxy(settings, {
      ownKeys: (target) => {
        reads += 1;
        return Reflect.ownKeys(target);
      },
    });
    const unknown = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`unknown${index}`, 1]));
    const check = new Check();
    check.fields('options', unknown, [], () => ({ settings: counted }));
    expect(check.issues).toHaveLength(100);
    expect(reads).toBe(1);
  });
});
