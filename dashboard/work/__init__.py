"""Long work of the pages, in processes of their own: a queue that all sessions share.

    from dashboard import work
    ticket = work.shared_pool().ask(job, visitor)   # starts the job, or joins the one that computes the same
    ticket.wait(0.5)                         # True where it is finished
    ticket.result()

Nothing here knows Streamlit: `dashboard/progress.py` shows a ticket on a page.
"""

from dashboard.work.jobs import Job
from dashboard.work.pool import Pool, shared_pool
from dashboard.work.ticket import Ticket, WorkFailed

__all__ = ["Job", "Pool", "Ticket", "WorkFailed", "shared_pool"]
