/** Events as Confluent's client for Python (confluent-kafka 2.16.1) encoded them, with the schemas that it registered. */

export const capturedSchemas = {
  '1': {
    type: 'AVRO',
    text: '{"type": "record", "name": "Order", "namespace": "shop", "fields": [{"name": "id", "type": {"type": "string", "logicalType": "uuid"}}, {"name": "total", "type": {"type": "bytes", "logicalType": "decimal", "precision": 10, "scale": 2}}, {"name": "at", "type": {"type": "long", "logicalType": "timestamp-micros"}}, {"name": "day", "type": {"type": "int", "logicalType": "date"}}, {"name": "big", "type": "long"}, {"name": "coupon", "type": ["null", "string"], "default": null}, {"name": "pay", "type": ["null", {"type": "record", "name": "Card", "fields": [{"name": "no", "type": "string"}]}, {"type": "record", "name": "Cash", "fields": [{"name": "given", "type": "int"}]}]}, {"name": "tags", "type": {"type": "map", "values": "int"}}, {"name": "state", "type": {"type": "enum", "name": "State", "symbols": ["NEW", "PAID"]}}]}',
  },
  '2': {
    type: 'JSON',
    text: '{"$schema": "http://json-schema.org/draft-07/schema#", "title": "Order", "type": "object", "properties": {"id": {"type": "string"}, "n": {"type": "integer"}}, "required": ["id"]}',
  },
  '3': {
    type: 'PROTOBUF',
    text: 'CgxvcmRlcnMucHJvdG8SBHNob3AaH2dvb2dsZS9wcm90b2J1Zi90aW1lc3RhbXAucHJvdG8iFgoETGluZRIOCgZza3VfaWQYASABKAki+QIKBU9yZGVyEhAKCG9yZGVyX2lkGAEgASgJEhIKBWNvdW50GAIgASgFSAGIAQESEwoLdG90YWxfY2VudHMYAyABKAMSGQoFbGluZXMYBCADKAsyCi5zaG9wLkxpbmUSJwoGY291bnRzGAUgAygLMhcuc2hvcC5PcmRlci5Db3VudHNFbnRyeRIRCgdjYXJkX25vGAYgASgJSAASDgoEY2FzaBgHIAEoCEgAEiAKBXN0YXRlGAggASgOMhEuc2hvcC5PcmRlci5TdGF0ZRImCgJhdBgJIAEoCzIaLmdvb2dsZS5wcm90b2J1Zi5UaW1lc3RhbXAaJAoESXRlbRIJCgFuGAEgASgFGhEKBERlZXASCQoBZBgBIAEoCRotCgtDb3VudHNFbnRyeRILCgNrZXkYASABKAkSDQoFdmFsdWUYAiABKAU6AjgBIhoKBVN0YXRlEgcKA05FVxAAEggKBFBBSUQQAUIJCgdwYXltZW50QggKBl9jb3VudGIGcHJvdG8z',
  },
} as const;

export const capturedEvents = {
  avro: '00000000014831323365343536372d653839622d343264332d613435362d34323636313431373430303004fb1e80dbadaaf2d9b006e4c40282808080808080808001020278040a020261020002',
  json: '00000000027b226964223a2261222c226e223a393030373139393235343734303939337d',
  protobuf:
    '000000000302020a017810001881808080808080804022030a01732a050a01611001380140014a0c08c2f6afd8061080cab5ee01',
  protobuf_nested: '0000000003060200000a017a',
} as const;
