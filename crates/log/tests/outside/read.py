"""Reads a flight log with the packages of MCAP and of Foxglove's schemas, and prints what it sees as JSON."""

import json
import struct
import sys

from mcap.reader import make_reader
from mcap_protobuf.decoder import DecoderFactory

# Of PackedElementField.NumericType.
FORMATS = {1: "B", 2: "b", 3: "H", 4: "h", 5: "I", 6: "i", 7: "f", 8: "d"}

seen = {"schemas": {}, "clouds": [], "messages": 0}
with open(sys.argv[1], "rb") as file:
    reader = make_reader(file, decoder_factories=[DecoderFactory()], validate_crcs=True)
    for record in reader.iter_metadata():
        seen["title"] = record.metadata["title"]
    for schema, channel, message, decoded in reader.iter_decoded_messages(topics=["/fleet", "/events", "/site"]):
        seen["schemas"][channel.topic] = schema.name
        if channel.topic == "/events":
            seen["messages"] += 1
        if channel.topic == "/fleet":
            points = [
                {field.name: struct.unpack_from("<" + FORMATS[field.type], decoded.data, start + field.offset)[0] for field in decoded.fields}
                for start in range(0, len(decoded.data), decoded.point_stride)
            ]
            seen["clouds"].append({"t_ns": message.log_time, "points": points})
json.dump(seen, sys.stdout)
