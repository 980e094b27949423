import {
  type EnumDescriptor,
  type FieldDescriptor,
  type FileDescriptor,
  fileOptions,
  labels,
  type MessageDescriptor,
  scalarTypes,
} from './file-descriptor';

/**
 * A descriptor in the language of Protobuf, in which registries keep schemas whatever clients register. Comments are in no
 * descriptor; services, extensions and options that clients have no use for are left out.
 */
export function fileText(file: FileDescriptor): string {
  const syntax = file.syntax === '' ? 'proto2' : file.syntax;
  const options = fileOptions.flatMap(([key, written]) => {
    const value = file.options?.[key];
    return value === undefined || value === '' || value === false || value === null
      ? []
      : [`option ${written} = ${JSON.stringify(value)};`];
  });
  const parts = [
    [`syntax = "${syntax}";`],
    file.package === '' ? [] : [`package ${file.package};`],
    file.dependency.map((name) => `import "${name}";`),
    options,
    ...file.messageType.map((message) => messageLines(message, syntax)),
    ...file.enumType.map(enumLines),
  ];
  const written = parts.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'));
  return `${written.join('\n\n')}\n`;
}

function messageLines(message: MessageDescriptor, syntax: string): string[] {
  const entries = new Map(message.nestedType.filter(isMapEntry).map((entry) => [entry.name, entry]));
  const line = (field: FieldDescriptor) => fieldLine(field, entries, syntax);
  const oneOfs = message.oneofDecl.map(({ name }, index) => ({
    name,
    fields: message.field.filter((field) => inOneOf(field) === index),
  }));
  return block(`message ${message.name}`, [
    ...message.field.filter((field) => inOneOf(field) === undefined).map(line),
    ...oneOfs.flatMap(({ name, fields }) =>
      fields.length === 0 ? [] : block(`oneof ${name}`, fields.map(line)),
    ),
    ...reservedLines(message),
    ...message.enumType.flatMap(enumLines),
    ...message.nestedType.filter((one) => !isMapEntry(one)).flatMap((one) => messageLines(one, syntax)),
  ]);
}

function isMapEntry({ options }: MessageDescriptor): boolean {
  return options?.mapEntry === true;
}

/** An optional field of proto3 is in a oneof that nobody has written. */
function inOneOf(field: FieldDescriptor): number | undefined {
  return Object.hasOwn(field, 'oneofIndex') && field.proto3Optional !== true ? field.oneofIndex : undefined;
}

function fieldLine(
  field: FieldDescriptor,
  entries: ReadonlyMap<string, MessageDescriptor>,
  syntax: string,
): string {
  const entry = entries.get((field.typeName ?? '').replace(/^.*\./, ''));
  const [key, value] = entry?.field ?? [];
  const type =
    key !== undefined && value !== undefined
      ? `map<${typeOf(key)}, ${typeOf(value)}>`
      : `${labelOf(field, syntax)}${typeOf(field)}`;
  return `${type} ${field.name} = ${field.number}${optionsOf(field)};`;
}

function typeOf({ type, typeName = '' }: FieldDescriptor): string {
  if (typeName !== '') return typeName.replace(/^\./, '');
  return [...scalarTypes].find(([, number]) => number === type)?.[0] ?? '';
}

function labelOf(field: FieldDescriptor, syntax: string): string {
  if (field.label === labels.repeated) return 'repeated ';
  if (field.label === labels.required) return 'required ';
  const isOptional = field.proto3Optional === true || (syntax === 'proto2' && inOneOf(field) === undefined);
  return isOptional ? 'optional ' : '';
}

function optionsOf({ defaultValue = '', type, options }: FieldDescriptor): string {
  const isText = type === scalarTypes.get('string') || type === scalarTypes.get('bytes');
  const written = [
    ...(defaultValue === '' ? [] : [`default = ${isText ? JSON.stringify(defaultValue) : defaultValue}`]),
    ...(options != null && Object.hasOwn(options, 'packed') ? [`packed = ${options.packed}`] : []),
    ...(options?.deprecated === true ? ['deprecated = true'] : []),
  ];
  return written.length === 0 ? '' : ` [${written.join(', ')}]`;
}

function reservedLines({ reservedRange, reservedName }: MessageDescriptor): string[] {
  const ranges = reservedRange.map(({ start, end }) =>
    end - start === 1 ? `${start}` : `${start} to ${end - 1}`,
  );
  return [
    ...(ranges.length === 0 ? [] : [`reserved ${ranges.join(', ')};`]),
    ...(reservedName.length === 0
      ? []
      : [`reserved ${reservedName.map((name) => JSON.stringify(name)).join(', ')};`]),
  ];
}

function enumLines({ name, value, options }: EnumDescriptor): string[] {
  return block(`enum ${name}`, [
    ...(options?.allowAlias === true ? ['option allow_alias = true;'] : []),
    ...value.map((one) => `${one.name} = ${one.number};`),
  ]);
}

function block(head: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [`${head} {}`] : [`${head} {`, ...lines.map((line) => `  ${line}`), '}'];
}
