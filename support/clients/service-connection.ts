import type { PoolConfig } from 'pg';
import type { ScenarioPool } from './scenario-transaction';
import { ServicePool, servicePoolOptions } from './service-pool';

/** How a service in this process is connected to a database: as the steps are, so that it takes part in their transaction. */
export class ServiceConnection implements AsyncDisposable {
  private readonly pools: ServicePool[] = [];
  private readonly options: PoolConfig;
  private own: ServicePool | undefined;

  constructor(
    readonly url: string,
    service: string,
    private readonly world: ScenarioPool,
  ) {
    this.options = servicePoolOptions(url, service);
  }

  /** Made when it is first asked for. */
  get pool(): ServicePool {
    this.own ??= this.newPool(this.options);
    return this.own;
  }

  /** TypeORM makes its pool by what is given as its driver. */
  get dataSourceOptions() {
    const newPool = (options: PoolConfig) => this.newPool({ ...options, ...this.options });
    function ServedPool(options: PoolConfig): ServicePool {
      return newPool(options);
    }
    return { type: 'postgres', url: this.url, driver: { Pool: ServedPool } } as const;
  }

  private newPool(options: PoolConfig): ServicePool {
    const pool = new ServicePool(options, this.world);
    this.pools.push(pool);
    return pool;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.pools.map((pool) => pool[Symbol.asyncDispose]()));
  }
}
