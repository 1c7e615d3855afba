"""Whether a request wrote anything, by the database itself."""

import psycopg2

# Tables that the engine writes by itself, whatever a user does.
BACKGROUND = ("engine_session", "shard", "policy_run", "schema_migration")


class Database:
    def __init__(self, dsn):
        self.connection = psycopg2.connect(dsn)
        self.connection.autocommit = True
        with self.connection.cursor() as cursor:
            cursor.execute(
                "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                " WHERE n.nspname = 'public' AND c.relkind = 'r' AND NOT c.relname = ANY(%s) ORDER BY 1",
                (list(BACKGROUND),))
            self.tables = [row[0] for row in cursor.fetchall()]
        # A row that was written anew has another xmin; a row lock leaves it.
        rows = [f"(SELECT concat(count(*), ' rows ', coalesce(sum(xmin::text::bigint), 0)) FROM {table})"
                for table in self.tables]
        self.statement = "SELECT " + ", ".join(rows)

    def contents(self):
        """{table: how many rows, and which transactions wrote them}."""
        with self.connection.cursor() as cursor:
            cursor.execute(self.statement)
            return dict(zip(self.tables, cursor.fetchone()))

    def close(self):
        self.connection.close()


def changes(before, after):
    return {table: f"{rows} -> {after[table]}" for table, rows in before.items() if after[table] != rows}
