"""Django's PostgreSQL, which knows without a query whether a kept connection is still alive, and plans the statements
of every request once."""

from select import POLLIN, poll

from django.db.backends.postgresql import base
from psycopg import pq


class DatabaseWrapper(base.DatabaseWrapper):
    """A server that restarted or ended a connection says so on its socket; one that lives is silent between requests.

    Django asks ``SELECT 1`` at the beginning of each request instead: one query in four of a saved answer. It is still
    asked where the socket has something to say that may be harmless.
    """

    def is_usable(self) -> bool:
        connection = self.connection
        if connection is None or connection.closed or connection.pgconn.status != pq.ConnStatus.OK:
            return False
        socket = poll()
        socket.register(connection.pgconn.socket, POLLIN)
        return super().is_usable() if socket.poll(0) else True

    def planned_cursor(self):
        """For a statement that comes with every request: the server reads and plans it once a line, where
        ``prepare_threshold`` lets it. The values travel beside the words, so these must leave no type in doubt."""
        self.ensure_connection()
        with self.wrap_database_errors:
            return self._prepare_cursor(base.ServerBindingCursor(self.connection))
