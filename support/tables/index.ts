export { readTable, readTableFile, type TableText, wholeTable } from './read-table';
export { type TableFormat, type TextPortions, type TextTable, turned } from './text-table';
