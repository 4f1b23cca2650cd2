"""The files of the repository, as git sees them, for the checks beside this file."""
import subprocess


def files(*suffixes, under=("",)):
    """Tracked files and new ones that no .gitignore names, by name."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        check=True, capture_output=True, text=True).stdout.split("\0")
    for path in sorted(set(filter(None, listed))):
        if path.startswith(tuple(under)) and path.endswith(suffixes or ("",)):
            try:
                with open(path, encoding="utf-8") as file:
                    yield path, file.read()
            except (FileNotFoundError, IsADirectoryError, UnicodeDecodeError):
                continue


def report(name, problems):
    """Prints the problems, or that there are none, and gives the exit status."""
    for problem in problems:
        print(problem)
    if not problems:
        print(f"ok {name}")
    return 1 if problems else 0
