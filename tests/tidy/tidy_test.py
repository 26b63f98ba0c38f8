#!/usr/bin/env python3
"""That tidy.py finds what it looks for: a small tree with one breach of each rule."""

import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import tidy


class Tidy(unittest.TestCase):
    def findings(self, files):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in files.items():
                path = Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            return tidy.check(Path(folder))[0]

    def expect(self, files, *parts):
        lines = self.findings(files)
        self.assertEqual(len(lines), len(parts), lines)
        for line, part in zip(lines, parts):
            self.assertIn(part, line)

    def test_clean(self):
        self.expect({
            "src/base/a.cpp": '#include <mutex>\nstd::mutex m;\n', "src/base/a_test.cpp": "",
            "src/wire/b.hpp": '#include "base/a.hpp"\n// a std::mutex in words\n'
                              'auto s = "std::mutex"; auto r = R"(sleep(1))"; char c = \'"\';\n',
        })

    def test_arrows(self):
        self.expect({"src/domain/a.hpp": '#include "store/sql.hpp"\n'}, "src/domain/a.hpp:1: domain must not know")
        self.expect({"src/worker/a.hpp": '\n#include "domain/x.hpp"\n'}, "src/worker/a.hpp:2: ")
        self.expect({"src/api/a.hpp": '#include "worker/x.hpp"\n#include "sim/x.hpp"\n'}, ":1: ", ":2: ")
        self.expect({"src/main.cpp": '#include "worker/x.hpp"\n#include "sim/x.hpp"\n'})

    def test_words(self):
        for word in ("std::mutex m;", "std::thread t;", "usleep(1);", "std::this_thread::sleep_for(x);",
                     "auto n = std::chrono::system_clock::now();", "std::regex r;", "std::cout << 1;",
                     "int n = atoi(s);", "sscanf(a, b);", "strcpy(a, b);", "system(\"ls\");",
                     "std::system(\"ls\");", "using namespace std;", "// TODO later", "/* FIXME */"):
            self.expect({"src/net/a.hpp": "\n" + word + "\n"}, "src/net/a.hpp:2: ")
        self.expect({"src/net/a.hpp": "file_system(x); a.system(x); oversleep(1);\n"})

    def test_sizes(self):
        body = "    step();\n" * 70
        self.expect({"src/net/a.hpp": "int f(int a,\n      int b) {\n" + body + "}\n"}, "a function of 73 lines")
        self.expect({"src/net/a.hpp": "struct A {\n    int f() const {\n" + body + "    }\n};\n"}, "src/net/a.hpp:2: ")
        self.expect({"src/net/a.hpp": "namespace a {\nstruct A {\n" + body + "};\n}\n"})
        self.expect({"src/net/a.hpp": "int a;\n" * 601}, "601 lines")
        self.expect({"src/net/a.hpp": "int a = 1 +" + " 1 +" * 30 + " 1;\n"}, "characters")

    def test_tests(self):
        self.expect({"src/net/a.cpp": ""}, "no a_test.cpp beside it")
        self.expect({"src/net/a.cpp": "", "src/net/a_test.cpp": ""})

    def test_third_party(self):
        self.expect({"src/net/a.hpp": "#include <zlib.h>\n", "src/bus/b.hpp": "#include <zlib.h>\n"},
                    "src/bus/b.hpp:1: <zlib> is used by bus, net", "src/net/a.hpp:1: ")
        self.expect({"src/net/a.hpp": "#include <vector>\n#include <sys/epoll.h>\n", "src/bus/b.hpp": "#include <vector>\n"})

    def test_packages(self):
        installs = {"scripts/common.sh": 'A="zlib1g-dev\n    libpq-dev"\n', "Dockerfile": "RUN apt-get install zlib1g-dev \\\n"}
        self.expect({"src/net/a.hpp": "#include <zlib.h>\n", **installs})
        self.expect({"src/net/a.hpp": "#include <libpq-fe.h>\n", **installs}, "libpq-dev, which Dockerfile")
        self.expect({"src/net/a.hpp": "#include <unheard/of.hpp>\n", **installs}, "no package known", "no package known")


if __name__ == "__main__":
    unittest.main()
