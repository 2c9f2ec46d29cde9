"""The control socket towards another user of the machine."""

import os
import socket
import unittest

from browser import practice

NOBODY = 65534


class OtherUser(unittest.TestCase):
    @unittest.skipUnless(os.geteuid() == 0, "only root can become somebody else")
    def test_another_user_is_refused_though_the_file_lets_him_in(self):
        with practice() as counter:
            os.chmod(counter.socket, 0o666)
            for user, status in ((0, b"200"), (NOBODY, b"403")):
                self.assertEqual(self.ask(counter.socket, user), status)

    def ask(self, path, user):
        """The status that a request of that user is answered with."""
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                os.setresuid(user, user, user)
                with socket.socket(socket.AF_UNIX) as connection:
                    connection.settimeout(10)
                    connection.connect(path)
                    connection.sendall(
                        b"GET /control/status HTTP/1.1\r\nHost: localhost\r\n"
                        b"Connection: close\r\n\r\n")
                    os.write(writing, connection.recv(64).split()[1])
            finally:
                os._exit(0)
        os.close(writing)
        os.waitpid(child, 0)
        with os.fdopen(reading, "rb") as answer:
            return answer.read()


if __name__ == "__main__":
    unittest.main()
