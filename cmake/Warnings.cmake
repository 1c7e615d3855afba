# Warnings for our own code; generated code and system headers are exempt.

add_library(accordion_warnings INTERFACE)
target_compile_options(accordion_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wswitch-enum -Wnon-virtual-dtor
  # GCC 12 warns about every omitted member of a designated initialiser, which is the point of one.
  -Wno-missing-field-initializers
  $<$<BOOL:${ACCORDION_WERROR}>:-Werror>
)
