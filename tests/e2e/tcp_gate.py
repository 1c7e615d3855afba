"""A door between two processes that a test can close: refused connections, no lost state behind it."""

import contextlib
import select
import socket
import threading


class TcpGate:
    """Forwards 127.0.0.1:port to a target. `close()` refuses and cuts, `open()` lets through again on the same port."""

    def __init__(self, target_port):
        self.target_port, self.port = target_port, 0
        self.lock, self.sockets, self.listener = threading.Lock(), set(), None
        self.open()

    def open(self):
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        listener.listen(128)
        self.port, self.listener = listener.getsockname()[1], listener
        threading.Thread(target=self.accept, args=(listener,), daemon=True).start()

    def close(self):
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)  # wakes accept()
        self.listener.close()
        with self.lock:
            for one in self.sockets:
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    def accept(self, listener):
        while True:
            try:
                inner, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self.forward, args=(inner,), daemon=True).start()

    def forward(self, inner):
        try:
            outer = socket.create_connection(("127.0.0.1", self.target_port), timeout=5)
        except OSError:
            inner.close()
            return
        outer.settimeout(None)
        pair = {inner: outer, outer: inner}
        with self.lock:
            self.sockets |= pair.keys()
        try:
            while True:
                for ready in select.select(list(pair), [], [])[0]:
                    data = ready.recv(65536)
                    if not data:
                        return
                    pair[ready].sendall(data)
        except OSError:
            return
        finally:
            with self.lock:
                self.sockets -= pair.keys()
            for one in pair:
                one.close()
