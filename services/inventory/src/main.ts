import { readConfig } from './config';
import { ConfigurationError } from './environment';
import { InventoryService } from './inventory-service';
import { createLogger } from './logger';
import { stopOnSignals } from './stop-on-signals';

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const logger = createLogger(config.logLevel);
  const service = new InventoryService(config, logger);
  stopOnSignals(service, logger);
  await service.start();
}

main().catch((error: Error) => {
  const text = error instanceof ConfigurationError ? error.message : `cannot start: ${error.message}`;
  process.stderr.write(`inventory: ${text}\n`);
  process.exit(1);
});
