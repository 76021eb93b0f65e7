// SPDX-License-Identifier: Apache-2.0
// The peer of the tape bench: simdjson's DOM parse of the same files, no validation. CPU time, best of five rounds.
#include <cstdio>
#include <ctime>
#include <simdjson.h>
#include <vector>

static double cpu_s()
{
    timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

int main(int argc, char **argv)
{
    std::vector<simdjson::padded_string> files;
    simdjson::dom::parser parser;
    size_t bytes = 0;
    double best_s = 0;
    for (int i = 1; i < argc; i++) {
        auto file = simdjson::padded_string::load(argv[i]);
        if (file.error()) return 1;
        files.push_back(std::move(file.value()));
        bytes += files.back().size();
    }
    for (int round = 0; round < 5; round++) {
        double start = cpu_s();
        for (auto &file : files)
            if (parser.parse(file).error()) return 1;
        double took_s = cpu_s() - start;
        if (best_s == 0 || took_s < best_s) best_s = took_s;
    }
    std::printf("read %.0f\n", static_cast<double>(bytes) / best_s / 1e6);
    std::fprintf(stderr, "simdjson kernel: %s\n", simdjson::get_active_implementation()->name().c_str());
    return 0;
}
