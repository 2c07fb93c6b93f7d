// A library with some of everything: code, constants, data and more than a page of .bss.

enum { kWords = 5000 };

int zoo_bss[kWords];
int zoo_data[kWords] = {1};
const int zoo_constants[kWords] = {2};

int zoo_code(int x) { return x + zoo_constants[0]; }
