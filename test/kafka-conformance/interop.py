"""What a service in Python does: kafka-python with its defaults. usage: interop.py HOST:PORT"""
import sys

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, NewPartitions, NewTopic
from kafka.errors import TopicAlreadyExistsError

server = sys.argv[1]
admin = KafkaAdminClient(bootstrap_servers=server)
admin.create_topics([NewTopic("topic", 2, 1)])
try:
    admin.create_topics([NewTopic("topic", 2, 1)])
    raise SystemExit("a topic was created twice")
except TopicAlreadyExistsError:
    pass
admin.create_partitions({"topic": NewPartitions(3)})
assert "topic" in admin.list_topics()

for compression in (None, "gzip"):
    producer = KafkaProducer(bootstrap_servers=server, compression_type=compression, acks="all")
    for number in range(50):
        producer.send("topic", key=b"%d" % number, value=b"value %d" % number, headers=[("h", b"x")])
    producer.flush()
    producer.close()

consumer = KafkaConsumer("topic", bootstrap_servers=server, group_id="group", auto_offset_reset="earliest")
received = [next(consumer) for _ in range(100)]
assert len({record.value for record in received}) == 50
assert received[0].headers == [("h", b"x")]
consumer.commit()
partitions = [TopicPartition("topic", number) for number in range(3)]
assert sum(consumer.end_offsets(partitions).values()) == 100
assert set(consumer.beginning_offsets(partitions).values()) == {0}
assert consumer.offsets_for_times({partitions[0]: 1})[partitions[0]].offset == 0

assert ("group", "consumer") in admin.list_consumer_groups()
assert admin.describe_consumer_groups(["group"])[0].state == "Stable"
consumer.close()
offsets = admin.list_consumer_group_offsets("group")
assert sum(offset.offset for offset in offsets.values()) == 100
configs = admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, "topic")])
assert configs[0].resources[0][0] == 0
admin.delete_consumer_groups(["group"])
admin.delete_topics(["topic"])
assert "topic" not in admin.list_topics()
admin.close()
print("all is well")
