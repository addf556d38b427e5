export { type ProtectOptions, protect } from './protect.js';
