// @ts-check
// What a project's cucumber.js requires: it makes TypeScript loadable, which takes plain JavaScript, and gives index.ts.
require('./support/typescript/register');

const index = require('./index.ts');

// One by one, because Node finds the names for `import { brine } from 'brine'` by reading this file.
exports.AcceptanceWorld = index.AcceptanceWorld;
exports.action = index.action;
exports.assertion = index.assertion;
exports.BrineError = index.BrineError;
exports.brine = index.brine;
exports.defineService = index.defineService;
exports.expectJson = index.expectJson;
exports.expectLiteral = index.expectLiteral;
exports.expectRows = index.expectRows;
exports.factory = index.factory;
exports.fail = index.fail;
exports.matchesJson = index.matchesJson;
exports.matchesLiteral = index.matchesLiteral;
exports.mayRunBeside = index.mayRunBeside;
exports.parameterType = index.parameterType;
exports.setup = index.setup;
exports.stepsUsing = index.stepsUsing;
