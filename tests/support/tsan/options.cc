// What every program that is built with TSan asks of it, unless TSAN_OPTIONS says otherwise. What libraries that TSan
// does not know do with memory is not looked at, as what they wait for is not seen either; what they do with locks is.
// Everything that is compiled here is looked at wherever it is called from.
extern "C" const char* __tsan_default_options() { return "ignore_noninstrumented_modules=1:second_deadlock_stack=1"; }
