#!/usr/bin/env node
// @ts-check
// Plain JavaScript that old versions of Node can read: it says that they are too old, and loads the rest.
const wanted = require('../package.json').engines.node.replace('>=', '');
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const [wantedMajor = 0, wantedMinor = 0] = wanted.split('.').map(Number);

if (major < wantedMajor || (major === wantedMajor && minor < wantedMinor)) {
  process.stderr.write(
    `brine: Node ${process.versions.node} is too old: ${wanted} or newer is needed\n\nTry:  npm i -D node@24\n`,
  );
  process.exitCode = 1;
} else {
  require('../support/typescript/register');
  require('./main').main(process.argv.slice(2));
}
