export { deadline, timeLimit } from './timeout.js';
