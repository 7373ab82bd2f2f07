"""The pool without workers: jobs are computed by the thread that asks."""

from __future__ import annotations

from collections.abc import Hashable

from dashboard.workers import messages
from dashboard.workers.jobs import Job
from dashboard.workers.kept import Kept
from dashboard.workers.ticket import Ticket
from symgnn.errors import InputError


class Here:
    """Has what pages need of `Pool`. For SYMGNN_DASHBOARD_WORKERS=0: where processes cannot be started, and for tests
    that look into what is computed."""

    def __init__(self, kept: Kept | None = None):
        self.kept = Kept() if kept is None else kept

    def start(self) -> None: ...

    def close(self) -> None: ...

    def is_known(self, key: Hashable) -> bool:
        return key in self.kept

    def ask(self, job: Job, visitor: str) -> Ticket:
        from dashboard.workers.tasks import TASKS

        ticket = Ticket(job)
        try:
            ticket.finish(self.kept.get(job.key))
            return ticket
        except KeyError:
            ticket.start()
        try:
            answer = TASKS[job.kind](ticket.report, **job.arguments)
        except InputError as error:
            ticket.fail(error)
        else:
            self.kept.put(job.key, answer, len(messages.dumps(answer)))
            ticket.finish(answer)
        return ticket

    def look(self, ticket: Ticket, visitor: str) -> None: ...

    def leave(self, ticket: Ticket, visitor: str) -> None: ...
