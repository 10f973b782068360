#include <iostream>
#include <string>
#include <vector>

#include "gateway/cli/app.h"

int main(int argc, char** argv) {
  return anju::cli::Run(std::vector<std::string>(argv + 1, argv + argc), std::cout, std::cerr);
}
