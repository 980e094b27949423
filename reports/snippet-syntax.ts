import type { GeneratedExpression } from '@cucumber/cucumber-expressions';

/** What the runner says of an undefined step. */
interface Undefined {
  /** `Given`, `When` or `Then`. */
  readonly functionName: string;
  /** The likeliest first. */
  readonly generatedExpressions: readonly GeneratedExpression[];
  /** `dataTable` or `docString`, where the step has one. */
  readonly stepParameterNames: readonly string[];
}

const kinds: Readonly<Record<string, string>> = { Given: 'setup', When: 'action', Then: 'assertion' };
const types: Readonly<Record<string, string>> = { int: 'number', float: 'number', duration: 'number' };

/** Code that would define an undefined step, as a project of Brine's writes it. */
export class SnippetSyntax {
  build({ functionName, generatedExpressions, stepParameterNames }: Undefined): string {
    const [expression] = generatedExpressions;
    const kind = kinds[functionName] ?? 'setup';
    const phrase = expression?.source ?? '';
    const parameters = [
      'this: AcceptanceWorld',
      ...(expression?.parameterNames ?? []).map(
        (name, at) => `${name}: ${typeOf(expression?.parameterTypes[at]?.name)}`,
      ),
      ...stepParameterNames.map((name) => `${name}: ${name === 'dataTable' ? 'DataTable' : 'string'}`),
    ];
    return [
      `${kind}(`,
      `  ${quoted(phrase)},`,
      `  { doc: 'What it ${kind === 'assertion' ? 'demands' : 'does'}.', examples: [${quoted(`${functionName} ${phrase}`)}] },`,
      `  async function (${parameters.join(', ')}) {`,
      "    return 'pending';",
      '  },',
      ');',
    ].join('\n');
  }
}

function typeOf(parameterType: string | undefined): string {
  return types[parameterType ?? ''] ?? 'string';
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}

// biome-ignore lint/style/noDefaultExport: the runner takes the syntax from its module's default export
export default SnippetSyntax;
