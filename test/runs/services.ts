/**
 * A tiny HTTP service in plain JavaScript, which is up within some 50 ms.
 * `GET /health` answers 200; `POST /die` ends it with the given exit code and a last line on its log;
 * `GET /pid` tells its process number; anything else echoes its body.
 */
export const echoService = `
const { createServer } = require('node:http');
const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => (body += chunk)).on('end', () => {
    const url = new URL(request.url, 'http://x');
    const answer = (value) => response.setHeader('content-type', 'application/json').end(JSON.stringify(value));
    if (url.pathname === '/die') {
      console.log('the database is on fire');
      process.exit(Number(url.searchParams.get('code') ?? 7));
    }
    if (url.pathname === '/die-soon') {
      answer({});
      setTimeout(() => { console.log('the database is on fire'); process.exit(7); }, 300);
      return;
    }
    if (url.pathname === '/die-later') {
      answer({});
      setTimeout(() => { console.log('the database is on fire'); process.exit(7); }, 100);
      return;
    }
    if (url.pathname === '/pid') return answer({ pid: process.pid });
    if (url.pathname === '/hang') return;
    console.log('request ' + request.method + ' ' + request.url);
    answer({ method: request.method, path: request.url, body, authorization: request.headers.authorization });
  });
});
server.listen(Number(process.env.PORT), '127.0.0.1', () => console.log('listening'));
process.on('SIGTERM', () => process.exit(0));
`;

/** The configuration of one {@link echoService} called \`echo\`, to be put into \`services\`. */
export const echo = `echo: { command: 'node echo.js', env: { PORT: '{{self.port}}' } }`;

/** A feature with one scenario that passes, given an echo service. */
export const passing = `Feature: echo
  Scenario: it answers
    When I send GET "/hello"
    Then the response status is 200
`;

/** A feature with one scenario whose steps use every backing service, so that a run starts them. */
export const usingAll = `Feature: stores
  Scenario: it uses them all
    Given cache key "a" is set to "b"
    And topic "t" exists with 1 partition
    Then table "t" has no rows
`;
