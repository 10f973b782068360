#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace anju::cli {

// The program anjuctl: reads the command line (without the program's name), does what it says and answers the exit
// code. 0 done, even if rows were refused; 1 an error; 2 rows were refused and --strict was given; 3 the audit log is
// not what it was.
int Run(std::vector<std::string> arguments, std::ostream& out, std::ostream& err);

}  // namespace anju::cli
