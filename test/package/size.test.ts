import { describe, expect, it } from 'vitest';
import { minifiedAndGzippedKb, SUBPATHS } from '../../scripts/size.mjs';

describe.each(Object.entries(SUBPATHS))('the size of %s', (_subpath, { file, aloneKb, withDependenciesKb }) => {
  it(`is at most ${aloneKb} KB minified and gzipped`, async () => {
    expect(await minifiedAndGzippedKb(file, { dependencies: false })).toBeLessThanOrEqual(aloneKb);
  });

  it(`is at most ${withDependenciesKb} KB together with its dependencies`, async () => {
    expect(await minifiedAndGzippedKb(file, { dependencies: true })).toBeLessThanOrEqual(withDependenciesKb);
  });
});
