export { allSettled } from './all-settled';
export { BrineError, type ErrorParameters, messageOf } from './brine-error';
export { type ErrorCode, errorCodes } from './codes';
export { type Mask, maskFor } from './mask';
export { didYouMean, editDistance, nearest } from './nearest';
export { unknownColumn } from './unknown-column';
