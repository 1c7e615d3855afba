# Sanitizers (`ACCORDION_SANITIZE`) and coverage (`ACCORDION_COVERAGE`). Applied to the whole build,
# since mixing instrumented and plain translation units hides errors.

if(ACCORDION_SANITIZE)
  string(REPLACE ";" "," accordion_sanitizers "${ACCORDION_SANITIZE}")
  add_compile_options(-fsanitize=${accordion_sanitizers} -fno-omit-frame-pointer
    -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${accordion_sanitizers})
endif()

# Only the rings that must reach 95 % of lines are instrumented.
set(ACCORDION_COVERED_MODULES domain activity)
