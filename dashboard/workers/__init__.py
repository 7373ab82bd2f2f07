"""Long work of the pages, in processes of their own: a queue that all sessions share.

    from dashboard.workers.pool import shared_pool
    ticket = shared_pool().ask(job, visitor)   # starts the job, or joins the one that computes the same
    ticket.wait(0.5)                           # True where it is finished
    ticket.result()

Nothing here knows Streamlit: `dashboard/waiting.py` shows a ticket on a page. Nothing is imported here either: a worker
listens before it imports torch, so that it ends with its server at any time.
"""
