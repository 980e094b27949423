import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nearestSteps, type StepExpression, undefinedStepAdvice } from '../../reports/undefined-steps';

const cucumber = (source: string): StepExpression => ({ source, type: 'CUCUMBER_EXPRESSION' });

const guarded = (source: string): StepExpression[] => [
  cucumber(source),
  cucumber(`within {duration} ${source}`),
  cucumber(`for {duration} ${source}`),
];

const known = {
  expressions: [
    ...guarded('the response status is {status}'),
    ...guarded('the response header {string} is {string}'),
    ...guarded('the response body is(,) exactly:'),
    ...guarded('the table {string} has {int} row(s)'),
    ...guarded('no event matches on topic {topic}'),
    cucumber('I send a {method} request to {string}'),
    cucumber('the user/customer {string} exists'),
    { source: '^the cache key "([^"]*)" expires within (\\d+) seconds?$', type: 'REGULAR_EXPRESSION' },
  ],
  parameterTypes: [
    { name: 'status', regularExpressions: ['\\d{3}', '\\dxx', '[A-Z][a-z]+(?: [A-Z][a-z]+)*'] },
    { name: 'method', regularExpressions: ['GET|POST|PUT|DELETE'] },
    { name: 'topic', regularExpressions: ['"[^"]*"'] },
    { name: 'duration', regularExpressions: ['\\d+(?:\\.\\d+)? ?(?:ms|seconds?|minutes?)'] },
  ],
};

const first = (text: string): string | undefined => nearestSteps(text, known)[0];

describe('nearest steps', () => {
  const cases: ReadonlyArray<[text: string, expected: string, why: string]> = [
    ['the respons status is 200', 'the response status is {status}', 'a misspelt word'],
    ['the response status is', 'the response status is {status}', 'a parameter left out'],
    [
      'response status is Not Found',
      'the response status is {status}',
      'a filler left out, two words for a parameter',
    ],
    ['the status of the response is 201', 'the response status is {status}', 'words in another order'],
    ['the table "orders" has 1 rows', 'the table {string} has {int} row(s)', 'an optional letter'],
    ['table orders has 3 rows', 'the table {string} has {int} row(s)', 'quotes forgotten'],
    ['the table "orders" should have 3 rows', 'the table {string} has {int} row(s)', 'another verb'],
    [
      'I send a PATCH request to "/users"',
      'I send a {method} request to {string}',
      'a value the parameter does not know',
    ],
    ['the custommer "ann" exists', 'the user/customer {string} exists', 'an alternative'],
    [
      'the cache key "a" expires in 5 seconds',
      '/^the cache key "([^"]*)" expires within (\\d+) seconds?$/',
      'a regular expression',
    ],
  ];
  for (const [text, expected, why] of cases) {
    it(`finds "${expected}" for "${text}" (${why})`, () => assert.equal(first(text), expected));
  }

  it('shows a phrase once, with the guard that the text has', () => {
    assert.deepEqual(nearestSteps('within 5 seconds the respons status is 200', known), [
      'within {duration} the response status is {status}',
    ]);
    assert.deepEqual(nearestSteps('for 200 ms the respons status is 200', known), [
      'for {duration} the response status is {status}',
    ]);
  });

  it('shows the guarded variant when there is no other', () => {
    const only = { expressions: [cucumber('for {duration} no call reaches {string}')] };
    assert.deepEqual(nearestSteps('no calls reach "payments"', only), [
      'for {duration} no call reaches {string}',
    ]);
  });

  it('suggests nothing when nothing is near', () => {
    assert.deepEqual(nearestSteps('the moon rises over "Brest"', known), []);
    assert.deepEqual(nearestSteps('', known), []);
    assert.deepEqual(nearestSteps('anything', { expressions: [] }), []);
  });

  it('is not misled by expressions that match anything', () => {
    assert.deepEqual(
      nearestSteps('the moon rises', { expressions: [cucumber('{} {} {}'), cucumber('{}')] }),
      [],
    );
  });

  it('reads expressions with escapes, unknown parameters and faults', () => {
    const odd = ['I wait \\(not long) at {nowhere}', 'an {open', '(((', 'a/', '{string}{int}'].map(cucumber);
    const broken = { name: 'nowhere', regularExpressions: ['('] };
    assert.deepEqual(
      nearestSteps('I wait (not long) at home', { expressions: odd, parameterTypes: [broken] }),
      ['I wait \\(not long) at {nowhere}'],
    );
  });

  it('gives the best few', () => {
    assert.equal(nearestSteps('the response header "a" is', known).length <= 3, true);
    assert.equal(nearestSteps('the response header "a" is', known, 1).length, 1);
  });
});

describe('advice for an undefined step', () => {
  it('names the nearest steps and leaves the snippet out', () => {
    assert.deepEqual(undefinedStepAdvice('the respons status is 200', known, 'Then(...)'), [
      'did you mean',
      '  the response status is {status}',
    ]);
  });

  it('gives the snippet when nothing is near', () => {
    assert.deepEqual(undefinedStepAdvice('the moon rises', known, "Then('the moon rises', () => {\n});\n"), [
      'no known step is near; to define it:',
      "  Then('the moon rises', () => {",
      '  });',
    ]);
    assert.deepEqual(undefinedStepAdvice('the moon rises', known), []);
  });

  const vocabulary = {
    expressions: [
      ...guarded('the response status is {status}'),
      ...guarded('{method} {string} answers {status}'),
      ...guarded('table {string} has {int} row(s)'),
      cucumber('{requests} time(s) out after {duration}'),
      cucumber('I send {method} {string}'),
      cucumber('I send {method} {string} to {service}'),
      cucumber('table {string} receives rows as {format}:'),
      cucumber('the light is {colour}'),
    ],
    parameterTypes: [
      { name: 'status', regularExpressions: ['\\d{3}', '[1-5]xx', '[A-Z][a-z]+(?: [A-Z][a-z]+)*'] },
      { name: 'method', regularExpressions: ['[A-Z]+'] },
      { name: 'service', regularExpressions: ['[a-z]+'] },
      { name: 'requests', regularExpressions: ['the next request|all requests'] },
      { name: 'format', regularExpressions: ['CSV|JSON|YAML'] },
      { name: 'colour', regularExpressions: ['red|green'] },
      { name: 'duration', regularExpressions: ['\\d+(?:\\.\\d+)? ?(?:ms|seconds?|minutes?)'] },
    ],
  };
  const complaints: ReadonlyArray<[text: string, complaint: string | undefined]> = [
    [
      'within 5 secs GET "/a" answers 200',
      '-> 5 secs is no {duration}; write 200 ms, 5 seconds, 1.5 s, 2 minutes, 1 hour or 2 days',
    ],
    [
      'for half a second table "a b" has 2 rows',
      '-> half a second is no {duration}; write 200 ms, 5 seconds, 1.5 s, 2 minutes, 1 hour or 2 days',
    ],
    [
      'the next request times out after -5 ms',
      '-> -5 ms is no {duration}; write 200 ms, 5 seconds, 1.5 s, 2 minutes, 1 hour or 2 days',
    ],
    [
      'I send GET "/a" to "inventory"',
      '-> "inventory" is no {service}; write a name of the configuration, without quotes',
    ],
    ['I send get "/a"', '-> get is no {method}; write GET, POST, PUT, PATCH, DELETE ... in capitals'],
    [
      'the response status is 6xx',
      '-> 6xx is no {status}; write a number (201), a class (2xx) or a phrase (Created)',
    ],
    ['table users has 2 rows', '-> users is no {string}; write a text in double quotes'],
    ['table "users" has two rows', '-> two is no {int}; write a whole number: 25'],
    [
      'table \u201cusers\u201d has 2 rows',
      '-> \u201c is a typographic quote, which an editor may have made of it; write "',
    ],
    ['the light is blue', '-> blue is no {colour}'],
    ['table "users" has no row', undefined],
    ['the respons status is 200', undefined],
    ['I send a GET request to "/a"', undefined],
  ];
  for (const [text, complaint] of complaints) {
    it(`says what is wrong with a value: ${text}`, () => {
      const [complained] = undefinedStepAdvice(text, vocabulary).filter((line) => line.startsWith('->'));
      assert.equal(complained, complaint);
    });
  }
});
