"""Starts the server of the dashboard: serve.py [options of `streamlit run`]. `symgnn dashboard` runs it."""

import os
import sys
import traceback
from pathlib import Path

HERE = Path(__file__).resolve().parent


def bound_threads(environment) -> None:
    """Threads of torch in the server, unless the user has said something else: a few, and none that spins while it
    waits, which makes a busy machine thirty times slower."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    environment.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    environment.setdefault("OMP_NUM_THREADS", str(max(1, min(4, cores // 2))))


def run(options: list[str]) -> int:
    """Serve until Ctrl-C; returns the exit code."""
    bound_threads(os.environ)  # before torch is imported
    sys.path[0] = str(HERE.parent)  # instead of this file's own folder
    import click
    from streamlit.web import cli

    arguments = [str(HERE / "asgi.py"), *options]
    try:
        cli.main_run.make_context("symgnn dashboard", list(arguments))
        print("  The dashboard is starting, which takes a few seconds.", flush=True)
        prepare()
        cli.main(["run", *arguments], standalone_mode=False)
    except click.exceptions.Exit as ending:  # --help
        return ending.exit_code
    except click.ClickException as error:
        print(f"Error: {error.format_message()}", file=sys.stderr)
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):  # how a server ends
        return 0
    return 0


def prepare() -> None:
    from dashboard import prewarm

    try:
        prewarm.run()  # before the server answers, so that nobody waits in front of a white page
    except Exception:  # whatever it is, the page that needs it says so
        traceback.print_exc()


def main(options: list[str]) -> None:
    """Ends the process without taking it apart, which libraries comment with hundreds of lines."""
    code = 1
    try:
        code = run(options)
    except KeyboardInterrupt:
        code = 0
    except SystemExit as ending:
        code = ending.code if isinstance(ending.code, int) else int(ending.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main(sys.argv[1:])
