import { writeFileSync } from 'node:fs';
import { configurationPage } from './configuration';
import { environmentsPage } from './environments';
import { pathOfPage } from './page';
import { stepsPage } from './steps';

/** `npm run docs`: brings the generated parts of the documentation up to date. */
async function main(): Promise<void> {
  writeFileSync(pathOfPage('configuration.md'), configurationPage());
  writeFileSync(pathOfPage('environments.md'), environmentsPage());
  writeFileSync(pathOfPage('steps.md'), await stepsPage());
}

void main();
