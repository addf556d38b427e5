/** Prints `N passed, N failed` over all tests of this run; prints nothing if that is unknown. */

import { runtimeCounts, vitestCounts } from './test-results.mjs';

const counts = [vitestCounts(), runtimeCounts()].filter((count) => count !== undefined);
const passed = counts.reduce((sum, count) => sum + count.passed, 0);
const failed = counts.reduce((sum, count) => sum + count.failed, 0);
if (counts.length > 0) console.log(`\n${passed} passed, ${failed} failed`);
