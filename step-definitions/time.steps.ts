import type { AcceptanceWorld } from '../world/acceptance-world';
import { moveClock, setClock } from '../world/service-clocks';
import { stepsUsing } from './define';

const { action, setup } = stepsUsing();

const untilWhen =
  "Only of a service in Brine's process (`module`) that takes its time from the clock that it is handed: see in-process-services.md. After the scenario it is the machine's again. `${now}` is always that of the machine.";

setup(
  'the clock[ of {service}] stands at {string}',
  {
    doc: `The clock of a service shows this moment, and stands still until it is moved. ${untilWhen}`,
    examples: [
      'Given the clock of orders stands at "2026-01-31T23:59:59Z"',
      'Given the clock stands at "${now + 2 days}"',
    ],
  },
  function (this: AcceptanceWorld, service: string | undefined, moment: string) {
    setClock(this, service, 'stands at', moment);
  },
);

setup(
  'the clock[ of {service}] runs from {string}',
  {
    doc: `The clock of a service shows this moment now, and runs on. ${untilWhen}`,
    examples: ['Given the clock of orders runs from "2026-01-31T23:59:59Z"'],
  },
  function (this: AcceptanceWorld, service: string | undefined, moment: string) {
    setClock(this, service, 'runs from', moment);
  },
);

action(
  'the clock[ of {service}] moves on by {duration}',
  {
    doc: 'The clock of a service shows a moment that is so much later, and stands or runs as before. Its timers do not go off by that: what it does at a time of its own is asked for by a request.',
    examples: ['When the clock of orders moves on by 2 days', 'When the clock moves on by 90 minutes'],
  },
  function (this: AcceptanceWorld, service: string | undefined, ms: number) {
    moveClock(this, service, ms);
  },
);
