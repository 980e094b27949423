/** What a server was seen to do, by what was looked at. Nothing in it changes from one run to the next. */
export type Facts = Readonly<Record<string, string>>;

/** The facts of each provider that was available, by service. */
export interface Measurements {
  readonly [service: string]: { readonly [provider: string]: Facts };
}

export function yesOrNo(value: boolean): string {
  return value ? 'yes' : 'no';
}

/** `yes`, or `no` with what the server says. */
export async function works(attempt: () => Promise<unknown>): Promise<string> {
  try {
    await attempt();
    return 'yes';
  } catch (error) {
    return `no: ${reasonOf(error as Failure)}`;
  }
}

/** kafkajs gives several errors as one, and each a type. */
interface Failure {
  readonly errors?: readonly Failure[];
  readonly type?: string;
  readonly message: string;
}

function reasonOf({ errors, type, message }: Failure): string {
  const [first] = errors ?? [];
  return first === undefined ? (type ?? message.split('\n')[0] ?? '') : reasonOf(first);
}
