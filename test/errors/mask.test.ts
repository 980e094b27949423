import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { maskFor } from '../../support/errors';

describe('what must not be read is masked:', () => {
  const mask = maskFor(['s3cret', 's3cret-and-more', 'pass/word "x"']);
  const cases: ReadonlyArray<readonly [what: string, text: string, masked: string]> = [
    ['a configured value', 'key s3cret, again s3cret', 'key ***, again ***'],
    ['the longer of two values', 'it is s3cret-and-more', 'it is ***'],
    ['a value as it looks in a URL', '?p=pass%2Fword%20%22x%22&q=1', '?p=***&q=1'],
    ['a value as it looks in JSON', '{"p":"pass/word \\"x\\""}', '{"p":"***"}'],
    ['the password of a URL', 'postgres://ada:lovelace@host:5432/db', 'postgres://ada:***@host:5432/db'],
    ['the password of a URL without a user', 'redis://:open@host', 'redis://:***@host'],
    ['a bearer token', 'Authorization: Bearer abc.def-1', 'Authorization: Bearer ***'],
    ['a bearer token in lower case', '"authorization": "bearer abc"', '"authorization": "bearer ***"'],
    ['basic credentials', 'Basic YWRhOmxvdmVsYWNl', 'Basic ***'],
    [
      'the token of a step',
      'the next request has bearer token "abc"',
      'the next request has bearer token "***"',
    ],
    [
      'a token in single quotes',
      "all requests have bearer token 'abc d'",
      "all requests have bearer token '***'",
    ],
    [
      'a token with quotes in it, to its end',
      'the next request has bearer token "a\\"b c" and more',
      'the next request has bearer token "***" and more',
    ],
    [
      'what is no variable of a token',
      'the next request has bearer token "abc-${tail}"',
      'the next request has bearer token "***${tail}"',
    ],
    [
      'a step within JSON',
      '{"text":"the next request has bearer token \\"abc\\""}',
      '{"text":"the next request has bearer token \\"***\\""}',
    ],
    [
      'the password of a step',
      'the next request has user "ada" with password "engine"',
      'the next request has user "ada" with password "***"',
    ],
    [
      'the secret of a step',
      'all requests have a token of client "shop" with secret "s3" from "/token" of inventory',
      'all requests have a token of client "shop" with secret "***" from "/token" of inventory',
    ],
    ['a token that begins like a word', 'Authorization: Bearer token-7', 'Authorization: Bearer ***'],
    ['one that is a JWT', 'Bearer eyJh.eyJz.SflK_x-1', 'Bearer ***'],
  ];
  for (const [what, text, masked] of cases) {
    it(what, () => {
      assert.equal(mask(text), masked);
      assert.equal(mask(masked), masked);
    });
  }

  it('a long text without spaces takes no longer than one with', () => {
    const token = 'f'.repeat(20_000_000); // a square of it would take days
    assert.equal(
      mask(`${token} postgres://ada:lovelace@host`).slice(token.length),
      ' postgres://ada:***@host',
    );
  });

  it('and nothing else is', () => {
    for (const text of [
      'the bearer of bad news',
      'Bearer token is missing',
      'a basic example of Basic usage',
      'the next request has bearer token "${token}"',
      'the next request has bearer token "<token>"',
      'all requests have bearer token "${tenant}${token}"',
      'the next request has user "ada" with password "${password}"',
      'the next request has bearer token ""',
      'a request with a bearer token "in the header" is let in',
      'the response field "message" is "no bearer token"',
      'Adds `Authorization: Bearer ...`.',
      '"#regex Bearer .+"',
      'a Bearer token. No more',
      'www-authenticate: Bearer realm="shop"',
      'the header "authorization" is "Bearer ${token}"',
      'postgres://${user}:${password}@db/orders, postgres://{{user}}:{{password}}@db, http://<user>:<password>@x',
      'http://127.0.0.1:8080/a@b',
      'see https://example.org:443/users/x@y.z',
    ]) {
      assert.equal(mask(text), text);
    }
  });
});
