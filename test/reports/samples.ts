/** Feature and step files of the small projects that the tests run. */
export const stepsJs = `const { Given, When, Then, Before, After, BeforeAll, AfterAll, defineParameterType } = require('@cucumber/cucumber');

defineParameterType({ name: 'status', regexp: /\\d{3}/, transformer: Number });
defineParameterType({ name: 'duration', regexp: /\\d+ seconds?/, transformer: String });

let attempts = 0;
const check = function (status) {
  this.attach('GET /orders\\n'.repeat(30) + 'the last <line> & more', { mediaType: 'text/plain', fileName: 'timeline' });
  throw Object.assign(new Error('expected ' + status + ' <created>, got 500'), { actual: 500, expected: status });
};
Before({ name: 'reset the lane', tags: '@bad-before' }, () => { throw new Error('the lane is gone'); });
After({ name: 'collect evidence', tags: '@bad-after' }, () => { throw new Error('no evidence'); });
Before({ name: 'quiet' }, () => {});
Given('a user {string}', (_name) => {});
Given('a table:', (_table) => {});
When('it is slow', function () { this.attach('near its deadline: 4.6 s of 5 s', 'text/x.brine.note+plain'); });
When('nothing is written yet', () => 'pending');
When('it is left out', () => 'skipped');
When('it works the second time', () => { if (attempts++ === 0) throw new Error('not yet'); });
When('a cause is known', () => { throw new Error('the order was not stored', { cause: new Error('connection refused') }); });
Then('the response status is {status}', check);
Then('within {duration} the response status is {status}', function (_duration, status) { check.call(this, status); });
Then('two definitions', () => {});
Then(/^two definitions$/, () => {});
Then('a picture is attached', function () {
  this.attach('{"id": 1, "name": "<b>"}', 'application/json');
  this.attach('{not json', 'application/json');
  this.attach('<p>some <b>html</b></p>', 'text/html');
  this.log('logged');
  this.attach(Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64'), 'image/png');
  this.attach('x'.repeat(2_000_000), 'text/plain');
});
if (process.env.BAD_BEFORE_ALL) BeforeAll({ name: 'start the environment' }, () => { throw new Error('no postgres'); });
if (process.env.BAD_AFTER_ALL) AfterAll({ name: 'stop the environment' }, () => { throw new Error('still running'); });
`;

export const ordersFeature = `@orders
Feature: Orders <of> users & others

  A description of <orders>

  Background:
    Given a user "ann <b>"

  Scenario: an order is accepted
    When it is slow

  Scenario: an order is <rejected> & refused
    Then the response status is 201
    And a user "never asked"

  Scenario: an order is misspelt
    Then the respons status is 201
    And the moon rises

  Scenario: an order is not written yet
    When nothing is written yet

  Scenario: an order is left out
    When it is left out

  @bad-before
  Scenario: an order without a lane
    When it is slow

  @bad-after
  Scenario: an order without evidence
    When it is slow

  Scenario: an order with two meanings
    Then two definitions

  Scenario: an order with a cause
    When a cause is known

  Scenario Outline: an order of <item>
    Given a table:
      | item   | note  |
      | <item> | a < b |
    Then a picture is attached

    Examples:
      | item |
      | tea  |
`;

export const retryFeature = `Feature: Retries

  Scenario: works the second time
    When it works the second time

  Scenario: never works
    When a cause is known
`;
