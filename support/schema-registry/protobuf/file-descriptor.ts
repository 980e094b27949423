/** What of a file's descriptor is kept: https://protobuf.dev/reference/java/api-docs/com/google/protobuf/DescriptorProtos */
export interface FileDescriptor {
  readonly name?: string;
  readonly package: string;
  /** '' in files of proto2. */
  readonly syntax: string;
  readonly dependency: readonly string[];
  readonly messageType: readonly MessageDescriptor[];
  readonly enumType: readonly EnumDescriptor[];
  readonly options?: Readonly<Record<string, unknown>> | null;
}

export interface MessageDescriptor {
  readonly name: string;
  readonly field: readonly FieldDescriptor[];
  readonly nestedType: readonly MessageDescriptor[];
  readonly enumType: readonly EnumDescriptor[];
  readonly oneofDecl: ReadonlyArray<{ readonly name: string }>;
  /** The ends are excluded. */
  readonly reservedRange: ReadonlyArray<{ readonly start: number; readonly end: number }>;
  readonly reservedName: readonly string[];
  readonly options?: { readonly mapEntry?: boolean } | null;
}

export interface FieldDescriptor {
  readonly name: string;
  readonly number: number;
  readonly label: number;
  readonly type: number;
  /** `.shop.Line` */
  readonly typeName?: string;
  readonly jsonName?: string;
  readonly defaultValue?: string;
  readonly oneofIndex?: number;
  readonly proto3Optional?: boolean;
  readonly options?: { readonly packed?: boolean; readonly deprecated?: boolean } | null;
}

export interface EnumDescriptor {
  readonly name: string;
  readonly value: ReadonlyArray<{ readonly name: string; readonly number: number }>;
  readonly options?: { readonly allowAlias?: boolean } | null;
}

export const labels = { optional: 1, required: 2, repeated: 3 } as const;

export const scalarTypes: ReadonlyMap<string, number> = new Map(
  'double float int64 uint64 int32 fixed64 fixed32 bool string group message bytes uint32 enum sfixed32 sfixed64 sint32 sint64'
    .split(' ')
    .map((name, index) => [name, index + 1]),
);

/** What of the options of a file matters to clients: the names of generated classes. */
export const fileOptions: ReadonlyArray<readonly [key: string, written: string]> = [
  ['javaPackage', 'java_package'],
  ['javaOuterClassname', 'java_outer_classname'],
  ['javaMultipleFiles', 'java_multiple_files'],
  ['goPackage', 'go_package'],
  ['csharpNamespace', 'csharp_namespace'],
];
