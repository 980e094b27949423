// @ts-check
// What a project's cucumber.js requires: it makes TypeScript loadable, which takes plain JavaScript, and gives index.ts.
require('./support/typescript/register');

module.exports = require('./index.ts');
