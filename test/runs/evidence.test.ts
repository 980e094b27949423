import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Attachment } from '@cucumber/messages';
import { Project, type RunResult } from './project';

/** Calls the outside service on every request and logs more than it should. */
const talkative = `
const { createServer } = require('node:http');
createServer(async (request, response) => {
  if (request.url === '/health') return response.end();
  console.log('asked with ' + request.headers.authorization + ' and ' + process.env.API_KEY);
  await fetch(process.env.MAIL_URL + '/letters', { method: 'POST', body: '{"to":"ada"}' });
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ key: process.env.API_KEY, url: 'postgres://ada:lovelace@host/db' }));
}).listen(Number(process.env.PORT), '127.0.0.1');
`;

const feature = `Feature: evidence for k3y-of-the-kingdom
  Scenario: something is wrong with k3y-of-the-kingdom
    Given outside service mail responds with 202
    And the next request has bearer token "t0ken.of.ada"
    When I send POST "/letters?key=k3y-of-the-kingdom" with body:
      """
      { "to": "ada" }
      """
    And topic "letters" receives an event with key "k-1":
      """
      { "to": "ada", "key": "k3y-of-the-kingdom" }
      """
    And cache key "letter" is set to "sent"
    Then the response body matches:
      """
      { "key": "another", "url": "postgres://ada:lovelace@elsewhere/db" }
      """
  Scenario: a step knows too much
    When a step fails with k3y-of-the-kingdom
  Scenario: all is well
    Given the next request has bearer token "t0ken.of.ada"
    When I send GET "/k3y-of-the-kingdom"
    Then the response field "key" is "k3y-of-the-kingdom"
`;

const steps = `
const { When, After } = require('@cucumber/cucumber');
When('a step fails with {word}', (word) => {
  throw new Error('no entry with ' + word + ' at redis://:lovelace@host', { cause: new Error('it was ' + word) });
});
After({ name: 'attach' }, function () {
  this.attach(JSON.stringify({ key: process.env.KEY ?? 'k3y-of-the-kingdom' }), 'application/json');
  this.attach(Buffer.from('k3y-of-the-kingdom'), 'text/plain');
});
`;

describe('a scenario that fails', () => {
  let project: Project;
  let result: RunResult;
  let timeline = '';
  before(async () => {
    project = await Project.create({
      files: { 'talkative.js': talkative, 'features/a.feature': feature, 'steps.js': steps },
      brine: `{
        stubs: { mail: {} }, secrets: ['k3y-of-the-kingdom'],
        services: { post: { command: 'node talkative.js', env: {
          PORT: '{{self.port}}', MAIL_URL: '{{stubs.mail.url}}', API_KEY: 'k3y-of-the-kingdom' } } },
      }`,
    });
    result = await project.run();
    timeline = attachments(result).find(({ fileName }) => fileName === 'evidence.txt')?.body ?? '';
  });
  after(() => project[Symbol.asyncDispose]());

  it('has everything that happened in it on one timeline', () => {
    assert.match(timeline, /^\+ +\d+ ms {2}http +POST \/letters\?key=\*\*\* .* -> 200 \{.*\}$/m);
    assert.match(timeline, /^\+ +\d+ ms {2}event +letters\/0@0 key "k-1": \{.*"to": ?"ada".*\}$/m);
    assert.match(timeline, /^\+ +\d+ ms {2}stub mail +POST \/letters \{"to":"ada"\} -> 202$/m);
    assert.match(timeline, /^\+ +\d+ ms {2}log post +asked with Bearer \*\*\* and \*\*\*$/m);
  });

  it('has that in the order in which it happened', () => {
    const times = [...timeline.matchAll(/^\+ *(\d+) ms/gm)].map(([, ms]) => Number(ms));
    assert.ok(times.length >= 4);
    assert.deepEqual(
      times,
      [...times].sort((a, b) => a - b),
    );
  });

  it('says what was expected and what was there', () => {
    assert.match(result.output, /\$\.key: expected "another", was "\*\*\*"/);
    assert.match(result.output, /no entry with \*\*\* at redis:\/\/:\*\*\*@host/);
    assert.match(result.output, /Caused by: Error: it was \*\*\*/);
  });

  it('does not keep the steps from working with what is masked', () => {
    assert.match(result.output, /✓ all is well/);
  });

  for (const secret of ['k3y-of-the-kingdom', 't0ken.of.ada', 'lovelace']) {
    it(`does not give away ${secret}: not on the terminal, in no report file, in no attachment`, () => {
      assert.ok(!result.output.includes(secret), result.output);
      const holding = filesBelow(project.path('reports/out')).filter((file) =>
        readFileSync(file, 'utf8').includes(secret),
      );
      assert.deepEqual(holding, []);
      const inBase64 = attachments(result)
        .filter(({ contentEncoding }) => contentEncoding === 'BASE64')
        .map(({ body }) => Buffer.from(body, 'base64').toString());
      assert.ok(inBase64.length > 0);
      assert.ok(!inBase64.some((text) => text.includes(secret)));
    });
  }
});

function attachments({ messages }: RunResult): Attachment[] {
  return messages.flatMap(({ attachment }) => attachment ?? []);
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}
