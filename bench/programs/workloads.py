"""What each program is made to do. All inputs are made here or come from this repository, so a run needs no network."""

import os
import subprocess
import time

TOP = os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
INPUTS = os.path.join(TOP, "bench", "programs", "inputs")


class Program:
    """One command, measured from its start to its end."""

    def __init__(self, name, command, stdin=None, environment=None):
        self.name = name
        self.command = command
        self.stdin = stdin
        self.environment = dict(os.environ, **(environment or {}))

    def run(self, launcher):
        with open(self.stdin or os.devnull, "rb") as stdin:
            subprocess.run(launcher + self.command, stdin=stdin, stdout=subprocess.DEVNULL, check=True,
                           env=self.environment)


class Server:
    """redis-server from its start to its end: the same requests each time, in batches of sixteen."""

    name = "redis-server, 800,000 requests"

    def __init__(self, folder):
        # Debian's redis-tools has the server's program, which goes by the name that it is called by. Without the
        # package redis-server, no daemon is started on this machine.
        self.server = os.path.join(folder, "redis-server")
        self.socket = os.path.join(folder, "redis.socket")
        os.symlink("/usr/bin/redis-check-rdb", self.server)

    def run(self, launcher):
        server = subprocess.Popen(
            [*launcher, self.server, "--port", "0", "--unixsocket", self.socket, "--save", "", "--appendonly", "no"],
            stdout=subprocess.DEVNULL)
        while not os.path.exists(self.socket):
            if server.poll() is not None:
                raise SystemExit("bench: redis-server did not start")
            time.sleep(0.01)
        try:
            subprocess.run(["redis-benchmark", "-s", self.socket, "-n", "100000", "-r", "50000", "-d", "120", "-P",
                            "16", "-q", "-t", "set,get,incr,lpush,rpop,sadd,hset,zadd"],
                           stdout=subprocess.DEVNULL, check=True)
        finally:
            subprocess.run(["redis-cli", "-s", self.socket, "shutdown", "nosave"], stdout=subprocess.DEVNULL,
                           check=False)
        if server.wait() != 0:
            raise SystemExit("bench: redis-server ended with an error")


def large_source(path):
    """A C++ file of containers of many types and a hundred small functions."""
    with open(path, "w", encoding="utf-8") as out:
        headers = "algorithm functional map memory numeric regex set sstream string unordered_map vector".split()
        out.writelines(f"#include <{header}>\n" for header in headers)
        for i in range(12):
            out.write(f"struct S{i} {{ int a[{i + 1}]; }};\n"
                      f"bool operator<(const S{i}& a, const S{i}& b) {{ return a.a[0] < b.a[0]; }}\n"
                      f"std::map<std::string, std::vector<S{i}>> m{i};\n"
                      f"void add{i}(const std::string& k, const S{i}& s) {{ auto& v = m{i}[k]; v.push_back(s); "
                      f"std::sort(v.begin(), v.end()); }}\n")
        for i in range(100):
            out.write(f"int f{i}(int a, int b) {{ int s = {i};\n"
                      f"  for (int i = a; i < b; ++i) s += i * {i % 13} ^ (s >> 3);\n"
                      f"  return s > {i} ? s : f{i - 1 if i else 0}(b, s); }}\n")
    return path


def sources():
    return [os.path.join(folder, name) for top in ("src", "include", "tests") for folder, _, names in
            os.walk(os.path.join(TOP, top)) for name in sorted(names) if name.endswith((".cpp", ".h"))]


def make_programs(folder):
    repository = os.path.join(folder, "repository.git")
    subprocess.run(["git", "clone", "--quiet", "--bare", "--no-hardlinks", TOP, repository], check=True)
    subprocess.run(["git", "-C", repository, "repack", "-adq"], check=True)
    source = large_source(os.path.join(folder, "large.cpp"))
    words = os.path.join(INPUTS, "words.py")
    return [
        Program("sqlite3, a database in memory", ["sqlite3", ":memory:"], stdin=os.path.join(INPUTS, "orders.sql")),
        Program("git log -p", ["git", "-C", repository, "log", "-p", "--stat"]),
        Program("git repack", ["git", "-C", repository, "repack", "-adfq", "--threads=1", "--window=50"]),
        Program("python3", ["python3", words]),
        Program("python3, each object by malloc", ["python3", words], environment={"PYTHONMALLOC": "malloc"}),
        Program("perl", ["perl", os.path.join(INPUTS, "words.pl")]),
        Server(folder),
        Program("g++, a large file", ["g++", "-O1", "-c", source, "-o", os.devnull]),
        Program("clang-format, this repository", ["clang-format", "--dry-run", *sources()]),
    ]
