import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { CreateInventory1763800000002 } from '../migrations/1763800000002-create-inventory';
import { ProcessedEvent } from '../order-events/processed-event';
import { Reservation } from '../reservations/reservation';
import { Stock } from '../stock/stock';

interface DataSourceOptions {
  /** How long one statement may take; 0 for as long as it wants. */
  queryTimeoutMs: number;
}

/** The inventory database. The schema is made by migrations alone, and those are run by `migrate.ts` alone. */
export function createDataSource(url: string, { queryTimeoutMs }: DataSourceOptions): DataSource {
  return new DataSource({
    type: 'postgres',
    url,
    entities: [Stock, Reservation, ProcessedEvent],
    migrations: [CreateInventory1763800000002],
    synchronize: false,
    // No entity needs one, and creating them is not the service's business.
    installExtensions: false,
    applicationName: 'inventory',
    connectTimeoutMS: 2_000,
    extra: { max: 10, query_timeout: queryTimeoutMs },
  });
}

/** Whether a query is answered within a second. */
export async function isDatabaseReady(database: DataSource): Promise<boolean> {
  if (!database.isInitialized) return false;
  const answered = database.query('SELECT 1').then(
    () => true,
    () => false,
  );
  return Promise.race([answered, after(1_000, false)]);
}

function after<T>(ms: number, value: T): Promise<T> {
  return new Promise((resolve) => setTimeout(resolve, ms, value).unref());
}
