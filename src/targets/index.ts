export { TargetPins } from './pins.js';
export { type Pin, targetRun } from './stage.js';
export {
  TARGET_ORDERS,
  type TargetLane,
  type TargetOfCall,
  type TargetOrder,
  type Unavailable,
  WHEN_NONE_AVAILABLE,
  type WhenNoneAvailable,
} from './target.js';
