// @ts-check
// The runner loads plugins by import(), which would read a .ts file without ts-node: so it gets this one.
module.exports = require('./environment-plugin');
