export { timeLimit } from './timeout.js';
