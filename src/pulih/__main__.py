"""Main: `python -m pulih` does what the command `pulih` does, where its folder is not on the path."""

from pulih.cli import run

if __name__ == "__main__":
    run()
