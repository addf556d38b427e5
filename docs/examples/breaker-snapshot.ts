import { CircuitBreaker } from 'holdfast/breaker';

const options = { name: 'search', openMs: 10_000 };

const before = new CircuitBreaker(options);
before.open();
const saved = JSON.stringify(before.snapshot());
before.shutdown();

// Later, in another process: it waits for what is left of the ten seconds.
const after = CircuitBreaker.restore(JSON.parse(saved), options);
console.log(after.state);

after.shutdown();
