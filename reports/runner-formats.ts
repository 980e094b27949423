import { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import { formatterHelpers, type IFormatterOptions, JsonFormatter } from '@cucumber/cucumber';
import type { FormatterPlugin, FormatterPluginContext } from '@cucumber/cucumber/api';
import type { Envelope } from '@cucumber/messages';

type JsonStepOptions = Parameters<JsonFormatter['getStepData']>[0];
type JsonStep = ReturnType<JsonFormatter['getStepData']>;

/** The runner's own formatter, which leaves out the names of hooks. */
class JsonWithHookNames extends JsonFormatter {
  private readonly hookNames = new Map<string, string>();

  constructor(options: IFormatterOptions) {
    super(options);
    options.eventBroadcaster.on('envelope', ({ hook }: Envelope) => {
      if (hook?.name) this.hookNames.set(hook.id, hook.name);
    });
  }

  override getStepData(options: JsonStepOptions): JsonStep {
    const step = super.getStepData(options);
    const name = this.hookNames.get(options.testStep.hookId ?? '');
    return name === undefined ? step : { ...step, name: ` hook "${name}"` };
  }
}

/** What the runner's `json` format would have written of a run with these messages. */
export function cucumberJson(messages: readonly Envelope[]): string {
  const eventBroadcaster = new EventEmitter();
  let json = '';
  const options: Partial<IFormatterOptions> = {
    eventBroadcaster,
    eventDataCollector: new formatterHelpers.EventDataCollector(eventBroadcaster),
    log: (text) => {
      json += String(text);
    },
    parsedArgvOptions: {},
    supportCodeLibrary: supportCode(messages),
  };
  new JsonWithHookNames(options as IFormatterOptions);
  for (const message of messages) eventBroadcaster.emit('envelope', message);
  return json;
}

/** The part of the support code that the formatter reads: where each step is defined. */
function supportCode(messages: readonly Envelope[]): IFormatterOptions['supportCodeLibrary'] {
  const stepDefinitions = messages.flatMap(({ stepDefinition }) =>
    stepDefinition === undefined
      ? []
      : {
          id: stepDefinition.id,
          uri: stepDefinition.sourceReference.uri ?? '',
          line: stepDefinition.sourceReference.location?.line ?? 0,
        },
  );
  return { stepDefinitions } as unknown as IFormatterOptions['supportCodeLibrary'];
}

/** What the runner's `junit` format would have written of a run with these messages. */
export function junitXml(messages: readonly Envelope[]): string {
  const listeners: Array<(message: Envelope) => void> = [];
  let xml = '';
  const context: Partial<FormatterPluginContext<object>> = {
    options: {},
    on: (_key: 'message', listener: (message: Envelope) => void) => listeners.push(listener),
    write: (text) => {
      xml += String(text);
    },
  };
  junitFormatter().formatter(context as FormatterPluginContext<object>);
  for (const message of messages) for (const listener of listeners) listener(message);
  return xml;
}

/** The one that the runner itself would take. */
function junitFormatter(): FormatterPlugin<object> {
  const fromRunner = createRequire(require.resolve('@cucumber/cucumber'));
  return (fromRunner('@cucumber/junit-xml-formatter') as { default: FormatterPlugin<object> }).default;
}
