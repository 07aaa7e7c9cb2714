"""A second reader of .skyc: Python's zipfile and json, and the description of the format, nothing else.

Reads lines of base64, one archive each, and answers each with one line of JSON: the drones, or what went wrong.
"""
import base64
import io
import json
import sys
import urllib.parse
import zipfile

DEPTH = 8


def load(archive, member, fragment):
    value = json.loads(archive.read(member).decode("utf-8-sig"))
    for key in urllib.parse.unquote(fragment).split("/")[1:]:
        key = key.replace("~1", "/").replace("~0", "~")
        value = value[int(key)] if isinstance(value, list) else value[key]
    return value, member


def resolved(archive, value, member, depth=0):
    if depth > DEPTH:
        raise ValueError("references too deep")
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            path, _, fragment = value["$ref"].partition("#")
            path = path.removeprefix("./") or member
            return resolved(archive, *load(archive, path, fragment), depth + 1)
        return {key: resolved(archive, item, member, depth) for key, item in value.items()}
    if isinstance(value, list):
        return [resolved(archive, item, member, depth) for item in value]
    return value


def show(data):
    archive = zipfile.ZipFile(io.BytesIO(data))
    head = resolved(archive, *load(archive, "show.json", ""))
    names = sorted(info.filename for info in archive.infolist() if not info.is_dir())
    drones = [
        [drone["settings"].get("name"), drone["settings"]["trajectory"]["points"]] for drone in head["swarm"]["drones"]
    ]
    least = ((head.get("settings") or {}).get("validation") or {}).get("minDistance")
    return {"members": names, "drones": drones, "least": least}


for line in sys.stdin:
    try:
        answer = show(base64.b64decode(line))
    except Exception as fault:  # Whatever it is: the archive is not read.
        answer = {"fault": repr(fault)[:200]}
    print(json.dumps(answer), flush=True)
