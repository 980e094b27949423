// @ts-check
// The runner loads the syntax of snippets by import(), which would read a .ts file without ts-node: so it gets this one.
module.exports = require('./snippet-syntax');
