export { bounded } from './bounded';
export { type Clock, systemClock } from './clock';
export { durationPattern, formatDuration, parseDuration } from './duration';
export { consistently, eventually, WaitError, type Waited, type WaitOptions, type Watch } from './eventually';
export { allowNegativeTimeoutsOf } from './negative-timeouts';
