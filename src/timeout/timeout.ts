export { attemptTimeout } from './attempt-timeout.js';
export { deadline } from './deadline.js';
