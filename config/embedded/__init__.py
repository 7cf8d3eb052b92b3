"""The ground under `make run` and `make test`: virtual environment, PostgreSQL in `var/`, and the process manager.

`python3 -m config.embedded run` begins under any Python, so `__init__` and `__main__` are written for old ones too.
The first stage needs the standard library alone; it makes `.venv` and hands over to the Python in there. Nothing here
imports Django: it runs before the settings can be read, and is therefore allowed to read the environment itself.
"""
