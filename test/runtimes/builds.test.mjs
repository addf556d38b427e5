import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import * as imported from 'holdfast';
import * as importedBreaker from 'holdfast/breaker';
import * as importedRetry from 'holdfast/retry';

const require = createRequire(import.meta.url);
/** @type {typeof import('holdfast')} */
const required = require('holdfast');
/** @type {typeof import('holdfast/breaker')} */
const requiredBreaker = require('holdfast/breaker');
/** @type {typeof import('holdfast/retry')} */
const requiredRetry = require('holdfast/retry');

describe('the two builds', () => {
  it('are two copies that recognise the errors of each other', () => {
    const error = new imported.ResilienceClosedError('chat');
    const other = new required.ResilienceClosedError('chat');
    assert.ok(!(error instanceof required.ResilienceClosedError), 'one build only was loaded');
    assert.ok(required.HoldfastError.is(error));
    assert.ok(imported.HoldfastError.is(other));
    assert.ok(!imported.HoldfastError.is(new Error('of another package')));
  });

  it('hold one copy of each class, whichever subpath it comes from', () => {
    assert.equal(imported.BreakerOpenError, importedBreaker.BreakerOpenError);
    assert.equal(required.BreakerOpenError, requiredBreaker.BreakerOpenError);
    assert.equal(imported.DeadlineExceededError, importedRetry.DeadlineExceededError);
    assert.equal(required.DeadlineExceededError, requiredRetry.DeadlineExceededError);
  });

  it('let package.json be read', () => {
    assert.equal(require('holdfast/package.json').name, 'holdfast');
  });
});
