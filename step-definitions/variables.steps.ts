import type { AcceptanceWorld } from '../world/acceptance-world';
import { expectLiteral, type Literal } from '../world/expectations';
import { stepsUsing } from './define';

const { assertion, setup } = stepsUsing();

setup(
  'variable {string} is set to {literal}',
  {
    doc: 'Sets a variable of the scenario, to be used as `${name}`. Text may use others, and `${uuid}`, `${now + 2 days}`.',
    examples: ['Given variable "orderId" is set to "${uuid}"', 'Given variable "limit" is set to 10'],
  },
  function (this: AcceptanceWorld, name: string, value: Literal) {
    this.variables.set(
      name,
      typeof value === 'string' ? this.variables.text(value, `variable "${name}"`) : value,
    );
  },
);

assertion(
  'variable {string} is {literal}',
  {
    doc: 'A variable has this value. Text may be a marker.',
    examples: ['Then variable "orderId" is "#uuid"'],
  },
  function (this: AcceptanceWorld, name: string, expected: Literal) {
    expectLiteral(this, expected, this.variables.get(name), `variable "${name}"`);
  },
);
