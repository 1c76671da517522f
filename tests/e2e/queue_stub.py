"""A stand-in for SQS that takes only what a test lets it take."""

import base64
import hashlib
import json
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import zstandard


class QueueStub(ThreadingHTTPServer):
    """`refuses` is asked about each entry: its number since the start, and its body."""

    daemon_threads = True

    def __init__(self, refuses):
        super().__init__(("127.0.0.1", 0), Handler)
        self.refuses, self.requests, self.taken, self.offered = refuses, [], [], 0
        self.lock = threading.Lock()

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"

    def send(self, entries):
        answer = {"Successful": [], "Failed": []}
        for entry in entries:
            body = entry["MessageBody"]
            with self.lock:
                number, self.offered = self.offered, self.offered + 1
            if self.refuses(number, body):
                failure = {"Id": entry["Id"], "SenderFault": False, "Code": "InternalError", "Message": "not now"}
                answer["Failed"].append(failure)
            else:
                self.taken.append(body)
                digest = hashlib.md5(body.encode()).hexdigest()
                answer["Successful"].append({"Id": entry["Id"], "MessageId": str(uuid.uuid4()), "MD5OfMessageBody": digest})
        return answer

    def events_taken(self):
        """The events in all bodies that were taken."""
        return [event for body in self.taken for event in unpacked(body)["events"]]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        action = self.headers["X-Amz-Target"].rpartition(".")[2]
        self.server.requests.append((action, len(asked.get("Entries", []))))
        if action == "SendMessageBatch":
            answer = self.server.send(asked["Entries"])
        else:
            answer = {"Attributes": {"ApproximateNumberOfMessages": "0", "ApproximateNumberOfMessagesNotVisible": "0"}}
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def unpacked(body):
    """A message of the queue, read by other means than Weir's own."""
    packed = base64.b64decode(body.removeprefix("w1.") + "===")
    return json.loads(zstandard.ZstdDecompressor().decompressobj().decompress(packed))
