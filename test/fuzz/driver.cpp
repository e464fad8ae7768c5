// SPDX-License-Identifier: PostgreSQL
// Runs a fuzz target on random inputs, for compilers without libFuzzer:
//   fuzz_run SECONDS [SEED]   inputs from SEED on, for so long; 0 seconds: that one input
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" void __sanitizer_set_death_callback(void (*callback)()) __attribute__((weak));

namespace {

constexpr unsigned kLongestInputSeconds = 60;
constexpr std::size_t kLongestInput = 4096;

volatile std::uint64_t current_seed = 0;

void tell_seed() { std::cerr << "the input's seed is " << current_seed << std::endl; }

void leave(int signal) {
  if (signal == SIGALRM) std::cerr << "the input takes too long\n";
  tell_seed();
  std::_Exit(1);
}

std::vector<std::uint8_t> input_of(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<std::uint8_t> input(random() % kLongestInput);
  std::generate(input.begin(), input.end(),
                [&] { return static_cast<std::uint8_t>(random() >> 32); });
  return input;
}

}  // namespace

int main(int count, char** arguments) {
  const long seconds = count > 1 ? std::strtol(arguments[1], nullptr, 10) : 60;
  current_seed = count > 2 ? std::strtoull(arguments[2], nullptr, 10) : 1;
  if (__sanitizer_set_death_callback != nullptr) __sanitizer_set_death_callback(tell_seed);
  std::signal(SIGABRT, leave);
  if (__sanitizer_set_death_callback == nullptr) std::signal(SIGSEGV, leave);
  std::signal(SIGALRM, leave);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  std::uint64_t inputs = 0;
  do {
    alarm(kLongestInputSeconds);
    const std::vector<std::uint8_t> input = input_of(current_seed);
    (void)LLVMFuzzerTestOneInput(input.data(), input.size());
    ++inputs;
    current_seed = current_seed + 1;
  } while (std::chrono::steady_clock::now() < end);
  std::cout << inputs << " inputs, the next seed is " << current_seed << std::endl;
  return 0;
}
